import { isUtf8 } from 'node:buffer';
import { inputError } from '../exit-status.js';

/** One line of the input, without its end. */
export interface Line {
  readonly text: string;
  /** Where it begins, in bytes from the start of the input. */
  readonly offset: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The lines of UTF-8 text of any length and cut; a line ends with LF or CRLF, the last one also with the input. Holds one
 * line at a time. Throws `bad-input` where the text is not UTF-8 or a line has more than `maxBytes`.
 */
export async function* readLines(input: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  let offset = 0;
  let parts: Uint8Array[] = [];
  let size = 0;
  const take = (): Line => {
    const line = toLine(Buffer.concat(parts), offset);
    offset += size;
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of input) {
    let from = 0;
    while (from < chunk.length) {
      const end = chunk.indexOf(LINE_FEED, from) + 1 || chunk.length;
      parts.push(chunk.subarray(from, end));
      size += end - from;
      if (size > maxBytes) throw inputError(offset, `the line that begins here has more than ${maxBytes} bytes.`);
      if (chunk[end - 1] === LINE_FEED) yield take();
      from = end;
    }
  }
  if (size > 0) yield take();
}

function toLine(bytes: Uint8Array, offset: number): Line {
  let end = bytes.length;
  if (bytes[end - 1] === LINE_FEED) end -= bytes[end - 2] === CARRIAGE_RETURN ? 2 : 1;
  const content = bytes.subarray(0, end);
  const text = decoder.decode(content);
  if (!isUtf8(content)) {
    const again = Buffer.from(text);
    throw inputError(offset + content.findIndex((byte, at) => byte !== again[at]), 'the text is not UTF-8.');
  }
  return { text, offset };
}
