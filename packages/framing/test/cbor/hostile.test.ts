import { describe, expect, it } from 'vitest';
import { type CborErrorCode, decodeOne } from '../../src/cbor/index.js';
import { everyChunking } from '../../src/testing/chunking.js';
import { fromHex, LIMITS, readAll } from './support.js';

type Row = readonly [hex: string, code: CborErrorCode, offset: number];

const refused: Readonly<Record<string, readonly Row[]>> = {
  'reserved heads': [
    ['1c', 'malformed', 0],
    ['3d', 'malformed', 0],
    ['5e', 'malformed', 0],
    ['7c', 'malformed', 0],
    ['9d', 'malformed', 0],
    ['be', 'malformed', 0],
    ['dc', 'malformed', 0],
    ['fc', 'malformed', 0],
    ['1f', 'malformed', 0],
    ['3f', 'malformed', 0],
    ['df', 'malformed', 0],
    ['82011e', 'malformed', 2],
  ],
  'breaks out of place': [
    ['ff', 'malformed', 0],
    ['81ff', 'malformed', 1],
    ['a1ff', 'malformed', 1],
    ['a100ff', 'malformed', 2],
    ['bf00ff', 'malformed', 2],
    ['bf000000ff', 'malformed', 4],
    ['9f81ff', 'malformed', 2],
    ['d90102ff', 'forbidden-tag', 3],
    ['c2ff', 'forbidden-tag', 1],
  ],
  'simple values': [
    ['e0', 'malformed', 0],
    ['f3', 'malformed', 0],
    ['f800', 'malformed', 0],
    ['f814', 'malformed', 0],
    ['f8ff', 'malformed', 0],
  ],
  'strings in pieces': [
    ['5f00ff', 'malformed', 1],
    ['5f6161ff', 'malformed', 1],
    ['7f4161ff', 'malformed', 1],
    ['5f5f4101ffff', 'malformed', 1],
    ['7f7f6161ffff', 'malformed', 1],
    ['5f80ff', 'malformed', 1],
    ['7f61c361a9ff', 'bad-utf8', 1],
  ],
  'text that is not UTF-8': [
    ['6180', 'bad-utf8', 0],
    ['61ff', 'bad-utf8', 0],
    ['62c0af', 'bad-utf8', 0],
    ['61c3', 'bad-utf8', 0],
    ['63eda080', 'bad-utf8', 0],
    ['63e08080', 'bad-utf8', 0],
    ['64f0808080', 'bad-utf8', 0],
    ['64f4908080', 'bad-utf8', 0],
    ['64f5808080', 'bad-utf8', 0],
    ['62e282', 'bad-utf8', 0],
    ['8263e282ac6261ff', 'bad-utf8', 5],
    ['a161ff00', 'bad-utf8', 1],
  ],
  tags: [
    ['c000', 'forbidden-tag', 0],
    ['c11a00000000', 'forbidden-tag', 0],
    ['c48200 01', 'forbidden-tag', 0],
    ['c600', 'forbidden-tag', 0],
    ['d81b82 654572726f72 6178', 'forbidden-tag', 0],
    ['d81c80', 'forbidden-tag', 0],
    ['d81d00', 'forbidden-tag', 0],
    ['d83384808080 00', 'forbidden-tag', 0],
    ['d84043010203', 'forbidden-tag', 0],
    ['d90103a0', 'forbidden-tag', 0],
    ['d9d9f700', 'forbidden-tag', 0],
    ['d9dfff83 19e000 8161 61 01', 'forbidden-tag', 0],
    ['db0000000000000001 02', 'forbidden-tag', 0],
    ['d90102a0', 'forbidden-tag', 3],
    ['d9010200', 'forbidden-tag', 3],
    ['d90102d9010280', 'forbidden-tag', 3],
    ['c200', 'forbidden-tag', 1],
    ['c26101', 'forbidden-tag', 1],
    ['c25f4101ff', 'forbidden-tag', 1],
    ['c2c24101', 'forbidden-tag', 1],
    ['c2590401', 'too-big', 1],
    ['c35a7fffffff', 'too-big', 1],
  ],
  'lengths no input has': [
    ['5b0000000100000000', 'too-big', 0],
    ['5bffffffffffffffff', 'too-big', 0],
    ['7affffffff', 'too-big', 0],
    ['815a01000000', 'too-big', 1],
    ['9affffffff', 'too-many-items', 0],
    ['9bffffffffffffffff', 'too-many-items', 0],
    ['baffffffff', 'too-many-items', 0],
    ['bb7fffffffffffffff', 'too-many-items', 0],
    ['829a000f42400000', 'too-many-items', 1],
  ],
  'keys said twice': [
    ['a2616101616102', 'duplicate-key', 4],
    ['a2616101416102', 'duplicate-key', 4],
    ['a2416101416102', 'duplicate-key', 4],
    ['a260014002', 'duplicate-key', 3],
    ['a2616101 7f6161ff 02', 'duplicate-key', 4],
    ['a20001 180002', 'duplicate-key', 3],
    ['a2 01 01 f93c00 02', 'duplicate-key', 3],
    ['a2 00 01 f98000 02', 'duplicate-key', 3],
    ['a2 f97e00 01 fa7fc00000 02', 'duplicate-key', 5],
    ['a3 616101 0002 416103', 'duplicate-key', 6],
    ['a3 0002 616101 416103', 'duplicate-key', 6],
    ['a2 41ff 01 41ff 02', 'duplicate-key', 4],
    ['a2 8101 01 9f01ff 02', 'duplicate-key', 4],
    ['a2 a201020304 01 a203040102 02', 'duplicate-key', 7],
    ['a2 d90102820102 01 d90102820201 02', 'duplicate-key', 8],
    ['bf616101616102ff', 'duplicate-key', 4],
    ['81a2616101616102', 'duplicate-key', 5],
    ['a2 695f5f70726f746f5f5f 01 495f5f70726f746f5f5f 02', 'duplicate-key', 12],
  ],
  'values that are cut': [
    ['18', 'unfinished', 1],
    ['1a000000', 'unfinished', 4],
    ['6261', 'unfinished', 2],
    ['62c3', 'unfinished', 2],
    ['81', 'unfinished', 1],
    ['a100', 'unfinished', 2],
    ['9f00', 'unfinished', 2],
    ['5f4101', 'unfinished', 3],
    ['c2', 'unfinished', 1],
    ['f97c', 'unfinished', 2],
  ],
};

describe.each(Object.entries(refused))('SPEC 3.1 %s', (_, rows) => {
  it.each(rows)('refuses %s as %s at %i, however it is cut', (hex, code, offset) => {
    const bytes = fromHex(hex);
    expect(decodeOne(bytes, LIMITS)).toMatchObject({ ok: false, error: { code, offset } });
    for (const pieces of everyChunking(bytes)) {
      expect(readAll(pieces)).toMatchObject({ values: [], error: { code, offset } });
    }
  });
});

const proto = Object.fromEntries([['__proto__', { admin: true }]]) as unknown;

const accepted: readonly (readonly [hex: string, value: unknown])[] = [
  ['00', 0],
  ['1800', 0],
  ['1b0000000000000001', 1],
  ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
  ['1b0020000000000000', 2n ** 53n],
  ['1bffffffffffffffff', 2n ** 64n - 1n],
  ['20', -1],
  ['3affffffff', -(2 ** 32)],
  ['3b001ffffffffffffe', Number.MIN_SAFE_INTEGER],
  ['3b001fffffffffffff', -(2n ** 53n)],
  ['3bffffffffffffffff', -(2n ** 64n)],
  ['c24101', 1n],
  ['c240', 0n],
  ['c340', -1n],
  ['c249010000000000000000', 2n ** 64n],
  ['c349010000000000000000', -(2n ** 64n) - 1n],
  [`c2590400${'ff'.repeat(1024)}`, 2n ** 8192n - 1n],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['f7', undefined],
  ['f93c00', 1],
  ['f90001', 2 ** -24],
  ['f97bff', 65_504],
  ['f98000', -0],
  ['f97c00', Number.POSITIVE_INFINITY],
  ['f9fc00', Number.NEGATIVE_INFINITY],
  ['f97e00', Number.NaN],
  ['fa3f800000', 1],
  ['fb3ff199999999999a', 1.1],
  ['60', ''],
  ['62c3a9', 'é'],
  ['64f09f9880', '😀'],
  ['63efbbbf', '\ufeff'],
  [`7848efbbbf${'61'.repeat(69)}`, `\ufeff${'a'.repeat(69)}`],
  ['7b0000000000000001 61', 'a'],
  ['7f6161626263ff', 'abc'],
  ['7fff', ''],
  ['40', new Uint8Array()],
  ['420102', Uint8Array.of(1, 2)],
  ['5f410142 0203ff', Uint8Array.of(1, 2, 3)],
  ['5fff', new Uint8Array()],
  ['80', []],
  ['9fff', []],
  ['9f01820203ff', [1, [2, 3]]],
  ['9b0000000000000001 00', [0]],
  ['a0', {}],
  ['bfff', {}],
  ['a1616101', { a: 1 }],
  ['a1416101', { a: 1 }],
  ['bf 6161 01 4162 02 7f6163ff 03 ff', { a: 1, b: 2, c: 3 }],
  ['a1 42c3a9 01', { é: 1 }],
  ['a1 695f5f70726f746f5f5f a1 6561646d696e f5', proto],
  ['a1 495f5f70726f746f5f5f a1 4561646d696e f5', proto],
  ['a2 61 61 01 61 62 02', { a: 1, b: 2 }],
  ['a1 00 01', new Map([[0, 1]])],
  ['a1 41ff 01', new Map([[Uint8Array.of(255), 1]])],
  [
    'a4 6161 01 4162 02 00 03 4163 04',
    new Map<unknown, unknown>([
      ['a', 1],
      [Uint8Array.of(0x62), 2],
      [0, 3],
      [Uint8Array.of(0x63), 4],
    ]),
  ],
  [
    'bf 00 01 6161 02 ff',
    new Map<unknown, unknown>([
      [0, 1],
      ['a', 2],
    ]),
  ],
  [
    'a2 8101 01 8102 02',
    new Map([
      [[1], 1],
      [[2], 2],
    ]),
  ],
  ['a1 a1 a1 00 01 02 03', new Map([[new Map([[new Map([[0, 1]]), 2]]), 3]])],
  [
    'a2 01 01 c24101 02',
    new Map<unknown, unknown>([
      [1, 1],
      [1n, 2],
    ]),
  ],
  ['d9010280', new Set()],
  ['d90102830102a0', new Set<unknown>([1, 2, {}])],
  ['d901029f01ff', new Set([1])],
  ['db000000000000010281 01', new Set([1])],
];

describe('SPEC 3.1 values', () => {
  it.each(accepted)('reads %s, however it is cut', (hex, value) => {
    const bytes = fromHex(hex);
    expect(decodeOne(bytes, LIMITS)).toStrictEqual({ ok: true, value });
    for (const pieces of everyChunking(bytes)) {
      expect(readAll(pieces)).toStrictEqual({ values: [value], sizes: [bytes.length], error: undefined });
    }
  });

  it('keeps __proto__ a property like any other', () => {
    const result = decodeOne(fromHex('a1 695f5f70726f746f5f5f a1 6561646d696e f5'), LIMITS);
    const value = result.ok ? (result.value as Record<string, unknown>) : {};
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(value['admin']).toBeUndefined();
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('refuses bytes after the one item', () => {
    expect(decodeOne(fromHex('0000'), LIMITS)).toMatchObject({
      ok: false,
      error: { code: 'trailing-bytes', offset: 1 },
    });
    expect(decodeOne(fromHex('820102ff'), LIMITS)).toMatchObject({
      ok: false,
      error: { code: 'trailing-bytes', offset: 3 },
    });
  });

  it('refuses no bytes at all as one item, and takes them as a sequence', () => {
    expect(decodeOne(new Uint8Array(), LIMITS)).toMatchObject({ ok: false, error: { code: 'unfinished', offset: 0 } });
    expect(readAll([])).toEqual({ values: [], sizes: [], error: undefined });
  });
});
