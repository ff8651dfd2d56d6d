import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOne, decodeStrict } from '../../src/cbor/index.js';
import { WiremuxError } from '../../src/errors.js';
import { encodePortable, fromHex, LIMITS, portableValue, toHex } from './support.js';

const ascii = (text: string): string => toHex(new TextEncoder().encode(text));

describe('SPEC 3.2 the portable form', () => {
  it.each([
    ['strings', 'abc', `43${ascii('abc')}`],
    ['strings that are not ASCII', 'é', '42c3a9'],
    ['long strings', 'a'.repeat(300), `59012c${ascii('a'.repeat(300))}`],
    ['bytes', Uint8Array.of(0, 255), '4200ff'],
    ['integers', [0, 24, -25, 65_536, 2 ** 53 - 1], '8500181838181a000100001b001fffffffffffff'],
    ['BigInt', [1n, 2n ** 64n - 1n, -(2n ** 64n)], '83011bffffffffffffffff3bffffffffffffffff'],
    ['simple values', [true, false, null], '83f5f4f6'],
    ['a Set', new Set([1, 'a']), 'd90102820141 61'],
    ['undefined left out', { a: undefined, b: 1 }, 'a1416201'],
    ['undefined left out of a Map', new Map([['a', undefined]]), 'a0'],
    [
      'a request',
      { name: 'echo', args: { b: 1, a: 2 } },
      `a244${ascii('args')}a2416102416201 44${ascii('name')}44${ascii('echo')}`,
    ],
    ['keys by their bytes, not by length', { b: 1, aa: 2, a: 3, '': 4 }, 'a440044161034261610241 6201'],
    ['integer-like keys by their bytes', { 9: 1, 10: 2 }, 'a2423130 02 4139 01'],
    ['keys that are not ASCII', { '\u{1f600}': 1, '\uffee': 2, z: 3 }, 'a3417a0343efbfae0244f09f988001'],
    [
      'byte string keys',
      new Map<unknown, number>([
        [Uint8Array.of(255), 1],
        ['a', 2],
        [Uint8Array.of(0x60), 3],
      ]),
      'a3 416003 416102 41ff01',
    ],
    [
      'integer keys before them',
      new Map<unknown, number>([
        ['a', 1],
        [10, 2],
        [-1, 3],
        [2n ** 63n, 4],
      ]),
      'a4 2003 0a02 1b800000000000000004 416101',
    ],
  ])('%s', (_, value, hex) => {
    expect(toHex(encodePortable(value))).toBe(hex.replaceAll(' ', ''));
  });

  it('comes back, strings as bytes and keys as strings', () => {
    fc.assert(
      fc.property(portableValue, (value) => {
        expect(decodeOne(encodePortable(value), LIMITS)).toStrictEqual({ ok: true, value });
      }),
    );
  });

  it('is strict where it has no tags', () => {
    const value = { list: [1, -1, null, true], map: { deep: Uint8Array.of(1) } };
    expect(decodeStrict(encodePortable(value), LIMITS)).toStrictEqual({ ok: true, value });
  });

  it('is the same whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 20 }), fc.nat(), (keys, seed) => {
        const sorted = encodePortable(Object.fromEntries(keys.map((key) => [key, seed])));
        expect(encodePortable(new Map(keys.toReversed().map((key) => [key, seed])))).toEqual(sorted);
      }),
    );
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;

  it.each([
    ['a float', 1.5, 'safe integer'],
    ['minus zero', -0, 'safe integer'],
    ['NaN', Number.NaN, 'safe integer'],
    ['an unsafe integer', 2 ** 53, 'safe integer'],
    ['a longer BigInt', 2n ** 64n, '64 bits'],
    ['undefined', undefined, 'undefined'],
    ['a function', () => 0, 'a function'],
    ['a Date', new Date(0), 'a Date'],
    ['a boolean key', new Map([[true, 1]]), 'a map key'],
    ['a float key', new Map([[1.5, 1]]), 'safe integer'],
    ['an array key', new Map([[[1], 1]]), 'a map key'],
    [
      'the same key twice',
      new Map<unknown, number>([
        ['a', 1],
        [Uint8Array.of(0x61), 2],
      ]),
      'same key twice',
    ],
    [
      'the same integer twice',
      new Map<unknown, number>([
        [1, 1],
        [1n, 2],
      ]),
      'same key twice',
    ],
    ['what contains itself', cyclic, 'contains itself'],
  ])('refuses %s', (_, value, words) => {
    expect(() => encodePortable([value])).toThrow(WiremuxError);
    expect(() => encodePortable([value])).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(() => encodePortable([value])).toThrow(words);
  });

  it('refuses undefined by itself', () => {
    expect(() => encodePortable(undefined)).toThrow('undefined');
    expect(fromHex(toHex(encodePortable(null)))).toEqual(Uint8Array.of(0xf6));
  });
});
