import { describe, expect, it } from 'vitest';
import { type CborLimits, decodeOne, encodeValue, MAX_DEPTH, MAX_NUMBER_KEYS } from '../../src/cbor/index.js';
import { everyChunking } from '../../src/testing/chunking.js';
import { concat, fromHex, LIMITS, readAll } from './support.js';

/** Reads under limits of which one is lowered, in all chunkings; gives the error code, or undefined. */
function codeUnder(bytes: Uint8Array, lowered: Partial<CborLimits>): string | undefined {
  const limits = { ...LIMITS, ...lowered };
  const result = decodeOne(bytes, limits);
  const expected = result.ok ? undefined : result.error;
  for (const pieces of everyChunking(bytes)) expect(readAll(pieces, limits).error).toEqual(expected);
  return expected?.code;
}

describe('SPEC 9.1 depth', () => {
  it.each([
    ['arrays', '818181f6'],
    ['maps', 'a100a100a10000'],
    ['empty ones', '818180'],
    ['maps as keys', 'a1a1a100000000'],
    ['indefinite ones', '9f9f9fffffff'],
    ['sets', 'd9010281d9010281d9010280'],
  ])('of %s is 3: taken at 3, refused at 2', (_, hex) => {
    expect(codeUnder(fromHex(hex), { depth: 3 })).toBeUndefined();
    expect(codeUnder(fromHex(hex), { depth: 2 })).toBe('too-deep');
  });

  it('0 takes what holds nothing', () => {
    expect(codeUnder(fromHex('7f6161ff'), { depth: 0 })).toBeUndefined();
    expect(codeUnder(fromHex('80'), { depth: 0 })).toBe('too-deep');
  });

  it('is counted along one path, not over siblings', () => {
    expect(codeUnder(encodeValue([[], [[]], {}, [{}]]), { depth: 3 })).toBeUndefined();
    expect(codeUnder(fromHex('84bfff9fffbfff9fff'), { depth: 2 })).toBeUndefined();
  });

  it('is not less for what no depth was counted for: sets, big integers and strings in pieces', () => {
    for (const sibling of ['d9010280', 'c24101', '5f4101ff', '7f6161ff']) {
      expect(codeUnder(fromHex(`83${sibling}${sibling}8180`), { depth: 3 })).toBeUndefined();
      expect(codeUnder(fromHex(`83${sibling}${sibling}8180`), { depth: 2 })).toBe('too-deep');
    }
  });

  it('has a ceiling whatever the limit says', () => {
    const nested = (depth: number): Uint8Array => Uint8Array.from([...Array<number>(depth).fill(0x81), 0]);
    expect(codeUnder(nested(MAX_DEPTH), { depth: 1_000_000 })).toBeUndefined();
    expect(codeUnder(nested(MAX_DEPTH + 1), { depth: 1_000_000 })).toBe('too-deep');
  });
});

describe('SPEC 9.1 bytes of a value', () => {
  it('are refused at the head of the string that passes them, wherever the value is cut', () => {
    const two = fromHex('8244010203044401020304');
    expect(codeUnder(two, { bytes: 11 })).toBeUndefined();
    expect(codeUnder(two, { bytes: 10 })).toBe('too-big');
    expect(decodeOne(two, { ...LIMITS, bytes: 10 })).toMatchObject({ error: { offset: 6 } });
  });
});

describe('SPEC 9.1 lengths past 2^30, which are not told apart', () => {
  const LONGEST = 2 ** 30;
  const head = (major: number, length: number): Uint8Array => {
    const bytes = Uint8Array.of(major * 32 + 26, 0, 0, 0, 0);
    new DataView(bytes.buffer).setUint32(1, length);
    return bytes;
  };
  const unbounded = { items: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

  it('are refused whatever the limits say', () => {
    expect(codeUnder(head(4, LONGEST - 3), unbounded)).toBe('unfinished');
    expect(codeUnder(head(4, LONGEST - 2), unbounded)).toBe('too-many-items');
    expect(codeUnder(head(5, LONGEST), unbounded)).toBe('too-many-items');
    expect(codeUnder(head(2, LONGEST - 6), unbounded)).toBe('unfinished');
    expect(codeUnder(head(2, LONGEST - 5), unbounded)).toBe('too-big');
    expect(codeUnder(head(3, 2 ** 32 - 1), unbounded)).toBe('too-big');
  });
});

describe('SPEC 9.1 items', () => {
  it.each([
    ['an array', '83010203', 4],
    ['a map', 'a201020304', 5],
    ['nested arrays', '8281018102', 5],
    ['an indefinite array', '9f010203ff', 4],
    ['an indefinite map', 'bf01020304ff', 5],
    ['indefinite in indefinite', '9f9f01ff9f02ffff', 5],
    ['pieces of a string', '7f616161626163ff', 4],
    ['a set', 'd9010283010203', 4],
    ['a set in an indefinite array', '9fd90102820102ff', 4],
    ['a big integer', '82c24101c24102', 3],
  ])('of %s are counted: taken at the limit, refused past it', (_, hex, items) => {
    expect(codeUnder(fromHex(hex), { items })).toBeUndefined();
    expect(codeUnder(fromHex(hex), { items: items - 1 })).toBe('too-many-items');
  });

  it('are counted anew for each value of a sequence', () => {
    expect(readAll([fromHex('820102 820304')], { ...LIMITS, items: 3 }).error).toBeUndefined();
  });

  it('are refused from the head that announces them', () => {
    expect(readAll([fromHex('9a000003e8')], { ...LIMITS, items: 1_000 }).error).toMatchObject({
      code: 'too-many-items',
    });
    expect(readAll([fromHex('9a000003e7')], { ...LIMITS, items: 1_000 }).error).toMatchObject({ code: 'unfinished' });
  });
});

describe('SPEC 9.1 bytes', () => {
  it.each(['83010203', '4401020304', '6461626364', '7f61616162ff', '1a00010000', 'a1616101', 'fb3ff199999999999a'])(
    'of %s: taken at the limit, refused past it',
    (hex) => {
      const bytes = fromHex(hex);
      expect(codeUnder(bytes, { bytes: bytes.length })).toBeUndefined();
      expect(codeUnder(bytes, { bytes: bytes.length - 1 })).toBe('too-big');
    },
  );

  it('are refused from the head that announces them', () => {
    expect(readAll([fromHex('5903fe')], { ...LIMITS, bytes: 1_024 }).error).toMatchObject({
      code: 'too-big',
      offset: 0,
    });
    expect(readAll([fromHex('5903fd')], { ...LIMITS, bytes: 1_024 }).error).toMatchObject({ code: 'unfinished' });
    expect(readAll([fromHex('82015903fc')], { ...LIMITS, bytes: 1_024 }).error).toMatchObject({ offset: 2 });
  });

  it('are refused as soon as a value has that many and is not complete', () => {
    expect(readAll([fromHex('9f000000')], { ...LIMITS, bytes: 4 }).error).toMatchObject({ code: 'too-big', offset: 4 });
  });

  it('are counted anew for each value of a sequence', () => {
    expect(readAll([fromHex('430102034301020343010203')], { ...LIMITS, bytes: 4 }).values).toHaveLength(3);
  });
});

describe('SPEC 9.1 numbers as keys', () => {
  const pairs = (count: number): number[] =>
    Array.from({ length: count }, (_, index) => [0x19, index >> 8, index, 0]).flat();
  const numbers = (count: number): number[] =>
    Array.from({ length: count }, (_, index) => [0x19, index >> 8, index]).flat();
  const head = (type: number, count: number): Uint8Array => Uint8Array.of(type | 25, count >> 8, count);

  it.each([
    ['a map', (count: number) => concat(head(0xa0, count), Uint8Array.from(pairs(count)))],
    ['a set', (count: number) => concat(fromHex('d90102'), head(0x80, count), Uint8Array.from(numbers(count)))],
  ])('of %s are bounded', (_, encoded) => {
    expect(decodeOne(encoded(MAX_NUMBER_KEYS), LIMITS)).toMatchObject({ ok: true });
    expect(decodeOne(encoded(MAX_NUMBER_KEYS + 1), LIMITS)).toMatchObject({
      ok: false,
      error: { code: 'too-many-items' },
    });
  });

  it('are bounded for each map and set, and strings are not', () => {
    const small = new Map(Array.from({ length: 600 }, (_, index) => [index, index]));
    const words = new Set(Array.from({ length: 5_000 }, (_, index) => `word ${index}`));
    expect(readAll([encodeValue([small, small, words])]).error).toBeUndefined();
  });
});
