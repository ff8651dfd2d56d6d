import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUtf8, utf8Decode, utf8Encode } from '../../src/cbor/index.js';
import { isAscii, latin1, Utf8Check } from '../../src/cbor/utf8.js';

const strict = new TextDecoder('utf-8', { fatal: true });

function platformAccepts(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Bytes near the edges of what UTF-8 allows. */
const edgy = fc
  .array(
    fc.constantFrom(
      0x00,
      0x7f,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
    ),
    { maxLength: 8 },
  )
  .map((bytes) => Uint8Array.from(bytes));

describe('UTF-8', () => {
  it('is what the platform says it is, in one piece and in two', () => {
    fc.assert(
      fc.property(edgy, fc.nat(), (bytes, place) => {
        const expected = platformAccepts(bytes);
        expect(isUtf8(bytes)).toBe(expected);
        const cut = place % (bytes.length + 1);
        const check = new Utf8Check();
        expect(check.feed(bytes, 0, cut) && check.feed(bytes, cut, bytes.length) && check.complete).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is judged within the range asked for', () => {
    expect(isUtf8(Uint8Array.of(0xff, 0x61, 0xff), 1, 2)).toBe(true);
    expect(isUtf8(Uint8Array.of(0x61, 0xc3, 0xa9), 0, 2)).toBe(false);
  });

  it('goes there and back, byte order mark included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Decode(utf8Encode(text))).toBe(text);
      }),
    );
    expect(utf8Decode(utf8Encode('\ufeffa'))).toBe('\ufeffa');
  });

  it('has one byte a character up to U+007F', () => {
    expect(isAscii('')).toBe(true);
    expect(isAscii('a\u007f')).toBe(true);
    expect(isAscii('a\u0080')).toBe(false);
  });
});

describe('latin1', () => {
  it('orders as the bytes do', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
        const order = Math.sign(Buffer.compare(left, right));
        expect(latin1(left) < latin1(right) ? -1 : latin1(left) > latin1(right) ? 1 : 0).toBe(order);
      }),
    );
  });
});
