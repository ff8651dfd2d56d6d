import { describe, expect, it } from 'vitest';
import { BlockDecoder } from '../../src/codec/browser/zstd/block-decoder.js';

const RAW = 0;
const COMPRESSED = 2;
const TREELESS = 3;

/** What a decoder makes of a compressed block that follows some plain bytes. */
function decode(body: readonly number[], { window = 131_072, before = [] as readonly number[] } = {}): Uint8Array {
  const decoder = new BlockDecoder(window);
  decoder.decode(RAW, before.length, Uint8Array.from(before));
  return decoder.decode(COMPRESSED, body.length, Uint8Array.from(body));
}

/** The head of literals of 1,024 bytes at most. */
function small(type: number, streams: 1 | 4, plain: number, coded: number): number[] {
  const head = type | ((streams === 1 ? 0 : 1) << 2) | (plain << 4) | (coded << 14);
  return [head & 255, (head >> 8) & 255, (head >> 16) & 255];
}

const NO_LITERALS = 0;
const NO_SEQUENCES = 0;
/** All three codes never change. */
const CONSTANT = 0x54;
/** Symbols 0 and 1, of one bit each. */
const BITS = [128, 0x10];
/** A table of states that all stand for symbol 11 and take no bits, in two bytes. */
const ENDLESS = [0xf0, 0x03];
const SIXTEEN = Array.from({ length: 16 }, (_, index) => index);

describe('a compressed block', () => {
  it('may be literals alone, raw or a run, in heads of every size', () => {
    expect(decode([2 << 3, 8, 9, NO_SEQUENCES])).toEqual(Uint8Array.of(8, 9));
    expect(decode([(2 << 4) | (1 << 2), 0, 8, 9, NO_SEQUENCES])).toEqual(Uint8Array.of(8, 9));
    expect(decode([(2 << 4) | (3 << 2), 0, 0, 8, 9, NO_SEQUENCES])).toEqual(Uint8Array.of(8, 9));
    expect(decode([1 | (3 << 3), 7, NO_SEQUENCES])).toEqual(Uint8Array.of(7, 7, 7));
    expect(decode([1 | (1 << 2) | (1 << 4), 1, 7, NO_SEQUENCES])).toEqual(new Uint8Array(17).fill(7));
    expect(decode([1 | (3 << 2), 0, 1, 7, NO_SEQUENCES])).toEqual(new Uint8Array(4_096).fill(7));
  });

  it('may have compressed literals in one bitstream, and in four', () => {
    expect(decode([...small(COMPRESSED, 1, 4, 3), ...BITS, 0x1a, NO_SEQUENCES])).toEqual(Uint8Array.of(1, 0, 1, 0));
    const four = [...small(COMPRESSED, 4, 8, 12), ...BITS, 1, 0, 1, 0, 1, 0, 4, 5, 6, 7, NO_SEQUENCES];
    expect(decode(four)).toEqual(Uint8Array.of(0, 0, 0, 1, 1, 0, 1, 1));
  });

  it('may copy what overlaps the copy', () => {
    // One literal, then 35 bytes from one back: codes 1, 2 (one bit of two), 32 (one bit).
    const copied = decode([1 << 3, 5, 1, CONSTANT, 1, 2, 32, 0b1000]);
    expect(copied).toEqual(new Uint8Array(36).fill(5));
  });

  it.each([
    ['one byte', 127, [127]],
    ['two bytes', 128, [128, 128]],
    ['two bytes', 32_511, [254, 255]],
    ['three bytes', 32_512, [255, 0, 0]],
  ])('may have %s for the number of its sequences, %i', (_, count, head) => {
    // Each copies three bytes, and has no bits of its own.
    const copied = decode([NO_LITERALS, ...head, CONSTANT, 0, 0, 0, 1], { before: [6, 6, 6, 6] });
    expect(copied).toEqual(new Uint8Array(3 * count).fill(6));
  });

  it.each<[fault: string, body: readonly number[], options?: { window?: number; before?: readonly number[] }]>([
    ['a block has no sequences', [NO_LITERALS]],
    ['there is more behind a block', [NO_LITERALS, NO_SEQUENCES, 5]],
    ['sequences have no modes', [NO_LITERALS, 1]],
    ['sequences have no modes', [NO_LITERALS, 1, 3, 1]],
    ['a bitstream has no end mark', [NO_LITERALS, 1, 0]],
    ['a bitstream has no end mark', [NO_LITERALS, 1, 0, 7, 0]],
    ['a code is none', [NO_LITERALS, 1, 0x40, 36, 1]],
    ['a code is none', [NO_LITERALS, 1, 0x40]],
    ['sequences repeat a table that was never there', [NO_LITERALS, 1, 0xc0, 1]],
    ['a table has too many states', [NO_LITERALS, 1, 0x80, 5, 0, 0]],
    ['a table has too many symbols', [NO_LITERALS, 1, 0x80, 0x10, 0xfe, ...new Array<number>(20).fill(255)]],
    ['a table is cut short', [NO_LITERALS, 1, 0x80, 0x10]],
    ['literals are cut short', [5 << 3, 1, 2]],
    ['literals are cut short', [...small(COMPRESSED, 1, 4, 30), ...BITS, 0x1a]],
    ['literals are cut short', [...small(COMPRESSED, 4, 8, 6), ...BITS, 1, 0, 1, 0]],
    ['literals are cut short', [...small(COMPRESSED, 4, 5, 12), ...BITS, 1, 0, 1, 0, 1, 0, 4, 5, 6, 7]],
    ['literals are cut short', [...small(COMPRESSED, 4, 8, 12), ...BITS, 9, 0, 1, 0, 1, 0, 4, 5, 6, 7]],
    ['literals are not as many as their bits', [...small(COMPRESSED, 1, 3, 3), ...BITS, 0x1a]],
    ['literals have no table', [...small(TREELESS, 1, 1, 1), 1]],
    ['a block has too many literals', [1 | (3 << 2), 0, 1, 7, NO_SEQUENCES], { window: 1_024 }],
    ['a table of literals does not add up', [...small(COMPRESSED, 1, 1, 3), 128, 0, 1]],
    ['a table of literals does not add up', [...small(COMPRESSED, 1, 1, 3), 129, 0x31, 1]],
    ['a table is cut short', [...small(COMPRESSED, 1, 1, 3), 255, 0, 0]],
    ['a table has too many symbols', [...small(COMPRESSED, 1, 1, 5), 4, ...ENDLESS, 0, 4]],
    ['a bitstream is cut short', [...small(COMPRESSED, 1, 1, 4), 3, ...ENDLESS, 1]],
    ['a match lies too far back', [NO_LITERALS, 1, CONSTANT, 0, 31, 0, 255]],
    ['a match lies too far back', [NO_LITERALS, 1, CONSTANT, 0, 3, 0, 0b1000]],
    ['a match lies too far back', [NO_LITERALS, 1, CONSTANT, 0, 4, 0, 0b10000], { window: 12, before: SIXTEEN }],
    ['a match lies nowhere', [NO_LITERALS, 1, CONSTANT, 0, 1, 0, 0b11], { before: SIXTEEN }],
    ['sequences are cut short', [NO_LITERALS, 2, CONSTANT, 0, 2, 0, 0b100], { before: SIXTEEN }],
    ['there is more behind the sequences', [NO_LITERALS, 1, CONSTANT, 0, 2, 0, 0b10000], { before: SIXTEEN }],
    ['sequences have more literals than there are', [NO_LITERALS, 1, CONSTANT, 1, 2, 0, 0b100], { before: SIXTEEN }],
    ['a block is larger than it may be', [NO_LITERALS, 1, CONSTANT, 0, 0, 52, 255, 255, 1], { before: SIXTEEN }],
    [
      'a block is larger than it may be',
      [1 | (1 << 2) | ((1_000 & 15) << 4), 1_000 >> 4, 7, 1, CONSTANT, 0, 0, 31, 1],
      { window: 1_024, before: SIXTEEN },
    ],
  ])('is malformed where %s: %j', (fault, body, options) => {
    expect(() => decode(body, options)).toThrow(fault);
  });

  it('moves its window seldom, however small the blocks are', () => {
    const decoder = new BlockDecoder(131_072);
    const one = Uint8Array.of(1 << 3, 5, NO_SEQUENCES);
    for (let block = 0; block < 300_000; block += 1) decoder.decode(COMPRESSED, 3, one);
    expect(decoder.moved).toBeLessThan(2 * 300_000);
  });
});
