import { type DialectName, FrameReader, MAX_PAYLOAD, printFrame } from '@wiremux/framing';
import { inputError } from '../exit-status.js';

export interface DecodeOptions {
  /** Whose names the lines use. */
  readonly dialect: DialectName;
  /** Prints payloads as `cbor:` literals where that gives the same bytes. */
  readonly literals: boolean;
}

/** The text form of each frame (SPEC 6), as lines joined by line feeds. Throws `bad-input` where the input ends inside a frame. */
export async function* decodeFrames(input: AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<string> {
  const reader = new FrameReader(MAX_PAYLOAD);
  let offset = 0;
  for await (const bytes of input) {
    offset += bytes.length;
    const lines: string[] = [];
    reader.push(bytes, (header, payload) => {
      lines.push(printFrame({ ...header, payload }, options.dialect, { literals: options.literals }));
      return undefined;
    });
    if (lines.length > 0) yield lines.join('\n');
  }
  if (reader.pending > 0) {
    throw inputError(offset, `the input ends inside the frame that begins at byte ${offset - reader.pending}.`);
  }
}
