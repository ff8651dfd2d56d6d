import { type DialectName, MAX_PAYLOAD, parseFrame } from '@wiremux/framing';
import { inputError } from '../exit-status.js';
import { readLines } from './lines.js';

/** Longest line read, bytes: no way to write a payload takes more than eight characters a byte. */
const MAX_LINE = 8 * MAX_PAYLOAD;

/** The frame of each line of text form (SPEC 6); blank lines are skipped. Throws `bad-input` where a line is not one. */
export async function* encodeFrames(
  input: AsyncIterable<Uint8Array>,
  dialect: DialectName,
): AsyncGenerator<Uint8Array> {
  for await (const { text, offset } of readLines(input, MAX_LINE)) {
    if (text.trim() === '') continue;
    const frame = parseFrame(text, dialect);
    if (!frame.ok) throw inputError(offset + Buffer.byteLength(text.slice(0, frame.offset)), frame.message);
    yield frame.bytes;
  }
}
