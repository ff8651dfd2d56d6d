import { inputError } from '../exit-status.js';

const WHITE_SPACE: readonly number[] = [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20];

/** The bytes that hexadecimal text stands for, of any length and cut. White space is ignored. Throws `bad-input`. */
export async function* readHex(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let offset = 0;
  /** The first digit of a byte whose second has not come, or -1. */
  let high = -1;
  for await (const text of input) {
    const bytes = new Uint8Array((text.length + 1) >> 1);
    let size = 0;
    for (const [at, code] of text.entries()) {
      if (WHITE_SPACE.includes(code)) continue;
      const digit = digitOf(code);
      if (digit < 0) {
        yield bytes.subarray(0, size);
        throw inputError(offset + at, `${nameOf(code)} is not a hexadecimal digit.`);
      }
      if (high < 0) {
        high = digit;
      } else {
        bytes[size++] = (high << 4) | digit;
        high = -1;
      }
    }
    offset += text.length;
    yield bytes.subarray(0, size);
  }
  if (high >= 0) throw inputError(offset, 'the input ends after the first digit of a byte.');
}

function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function nameOf(code: number): string {
  return code > 0x20 && code < 0x7f ? `"${String.fromCharCode(code)}"` : `0x${code.toString(16).padStart(2, '0')}`;
}
