import { decode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CborWriter, decodeOne, encodeValue, MAX_BIGNUM, MAX_DEPTH, MAX_NUMBER_KEYS } from '../../src/cbor/index.js';
import { WiremuxError } from '../../src/errors.js';
import { anyValue, LIMITS, toHex } from './support.js';

describe('SPEC 3.1 application values', () => {
  it.each([
    ['text', 'abc', '63616263'],
    ['bytes', Uint8Array.of(1, 2), '420102'],
    ['a Buffer', Buffer.of(1, 2), '420102'],
    ['a small integer', 23, '17'],
    ['an integer of a byte', 24, '1818'],
    ['an integer of two bytes', -257, '390100'],
    ['an integer of four bytes', 2 ** 32 - 1, '1affffffff'],
    ['an integer of eight bytes', 2 ** 32, '1b0000000100000000'],
    ['the largest safe integer', Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
    ['the smallest safe integer', Number.MIN_SAFE_INTEGER, '3b001ffffffffffffe'],
    ['a larger number', 2 ** 53, 'fa5a000000'],
    ['a number with digits', 1.1, 'fb3ff199999999999a'],
    ['a number four bytes hold', 1.5, 'fa3fc00000'],
    ['minus zero', -0, 'fa80000000'],
    ['NaN', Number.NaN, 'f97e00'],
    ['infinity', Number.POSITIVE_INFINITY, 'f97c00'],
    ['minus infinity', Number.NEGATIVE_INFINITY, 'f9fc00'],
    ['a small BigInt', 5n, '05'],
    ['a BigInt of 64 bits', 2n ** 64n - 1n, '1bffffffffffffffff'],
    ['a negative BigInt of 64 bits', -(2n ** 64n), '3bffffffffffffffff'],
    ['a longer BigInt', 2n ** 64n, 'c249010000000000000000'],
    ['a longer negative BigInt', -(2n ** 64n) - 1n, 'c349010000000000000000'],
    ['an object', { b: 1, a: [true, false, null] }, 'a2616201616183f5f4f6'],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), 'a1616101'],
    ['a property that is undefined', { a: undefined, b: 1 }, 'a1616201'],
    ['undefined elsewhere', [undefined], '81f7'],
    ['a hole', new Array(1), '81f7'],
    [
      'a Map',
      new Map<unknown, unknown>([
        [1, 2],
        ['a', undefined],
      ]),
      'a20102 6161f7',
    ],
    ['a Set', new Set([1, 'a']), 'd90102820161 61'],
    ['a lone surrogate', 'a\ud800', '6461efbfbd'],
  ])('%s', (_, value, hex) => {
    expect(toHex(encodeValue(value))).toBe(hex.replaceAll(' ', ''));
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decodeOne(encodeValue(value), LIMITS)).toStrictEqual({ ok: true, value });
      }),
    );
  });

  it('are read alike by another decoder', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(decode(encodeValue(value))).toStrictEqual(value);
      }),
    );
  });

  it.each([23, 24, 39, 40, 41, 85, 86, 255, 256, 21_845, 65_535, 65_536, 200_000])(
    'text of %i characters',
    (length) => {
      for (const text of ['a'.repeat(length), 'é'.repeat(length), `${'a'.repeat(length - 1)}語`]) {
        expect(decodeOne(encodeValue(text), LIMITS)).toStrictEqual({ ok: true, value: text });
      }
    },
  );

  it('a map of more than 65,535 keys', () => {
    const value = Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`key ${index}`, index]));
    expect(decodeOne(encodeValue(value), LIMITS)).toStrictEqual({ ok: true, value });
  });

  it('an instance of a class as its own properties, without calling toJSON', () => {
    class Point {
      readonly x = 1;
      readonly y = 2;
      toJSON(): string {
        return 'never';
      }
    }
    expect(decodeOne(encodeValue(new Point()), LIMITS)).toStrictEqual({ ok: true, value: { x: 1, y: 2 } });
  });

  it('reads each property once', () => {
    let reads = 0;
    const value = {
      get fickle() {
        return reads++ === 0 ? 1 : undefined;
      },
    };
    expect(decodeOne(encodeValue(value), LIMITS)).toStrictEqual({ ok: true, value: { fickle: 1 } });
    expect(reads).toBe(1);
  });
});

describe('SPEC 3.1 what is no application value', () => {
  const cyclic: unknown[] = [];
  cyclic.push({ cyclic });

  it.each([
    ['a function', () => 0, 'a function'],
    ['a symbol', Symbol('s'), 'a symbol'],
    ['a Date', new Date(0), 'toISOString'],
    ['a RegExp', /a/, 'RegExp'],
    ['an Error', new Error('no'), 'Error'],
    ['a Promise', Promise.resolve(), 'Promise'],
    ['an ArrayBuffer', new ArrayBuffer(1), 'Uint8Array of its bytes'],
    ['another typed array', new Float64Array(1), 'Float64Array: send a Uint8Array'],
    ['a DataView', new DataView(new ArrayBuffer(1)), 'Uint8Array of its bytes'],
    ['what contains itself', cyclic, 'contains itself'],
    ['a longer integer', 2n ** 8192n, `${MAX_BIGNUM} bytes`],
    ['more numbers in a Set than a receiver takes', new Set(Array(MAX_NUMBER_KEYS + 1).keys()), 'send an array'],
    ['more numbers as keys', new Map(Array(MAX_NUMBER_KEYS + 1).entries()), 'send an array'],
  ])('%s', (_, value, words) => {
    for (const nested of [value, [value], { key: value }, new Map([[1, value]])]) {
      expect(() => encodeValue(nested)).toThrow(WiremuxError);
      expect(() => encodeValue(nested)).toThrow(expect.objectContaining({ code: 'unsupported' }));
      expect(() => encodeValue(nested)).toThrow(words);
    }
  });

  it('is nesting past the bound; the bound itself is encoded', () => {
    const nested = (depth: number): unknown => Array.from({ length: depth }).reduce((inner) => [inner], 0);
    expect(encodeValue(nested(MAX_DEPTH))).toHaveLength(MAX_DEPTH + 1);
    expect(() => encodeValue(nested(MAX_DEPTH + 1))).toThrow('contains itself');
  });

  it('leaves nothing behind in the next result', () => {
    expect(() => encodeValue(['begun', () => 0])).toThrow(WiremuxError);
    expect(toHex(encodeValue(1))).toBe('01');
  });
});

describe('encoded bytes belong to the caller', () => {
  it('consecutive small results lie one behind the other', () => {
    const [first, second] = [encodeValue('first'), encodeValue('second')];
    expect(second.buffer).toBe(first.buffer);
    expect(second.byteOffset).toBe(first.byteOffset + first.length);
  });

  it('no result ever changes or overlaps another', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9_000 }), { minLength: 1, maxLength: 40 }), (lengths) => {
        const results = lengths.map((length, index) => encodeValue(new Uint8Array(length).fill(index)));
        const kept = results.map((bytes, index) => bytes.subarray(-(lengths[index] as number) || bytes.length));
        expect(kept.map((bytes, index) => bytes.every((byte) => byte === index))).not.toContain(false);
        for (const bytes of results) bytes.fill(0xff);
        expect(toHex(encodeValue(0))).toBe('00');
      }),
      { numRuns: 40 },
    );
  });

  it('an encoding begun inside another stays apart', () => {
    let inner = new Uint8Array();
    const outer = encodeValue({
      before: 'outer',
      get nested() {
        inner = Uint8Array.from(encodeValue('inner'));
        return encodeValue('kept');
      },
      after: 'outer',
    });
    expect(toHex(inner)).toBe('65696e6e6572');
    expect(decodeOne(outer, LIMITS)).toStrictEqual({
      ok: true,
      value: { before: 'outer', nested: Uint8Array.from(encodeValue('kept')), after: 'outer' },
    });
  });

  it('values nested in one another deeper than writers are kept do not mix', () => {
    const nested = (depth: number): unknown => ({
      depth,
      get inner() {
        return depth === 0 ? 'end' : encodeValue(nested(depth - 1));
      },
      behind: depth,
    });
    const first = encodeValue(nested(8));
    const copy = Uint8Array.from(first);
    expect(encodeValue(nested(8))).toEqual(copy);
    expect(first).toEqual(copy);
  });

  it('nothing is left of a value that cannot be encoded, short or long', () => {
    for (const length of [1, 100_000]) {
      expect(() => encodeValue(['x'.repeat(length), Symbol('none')])).toThrow(WiremuxError);
      expect(toHex(encodeValue(1))).toBe('01');
    }
  });

  it('two writers at once do not mix', () => {
    const [left, right] = [new CborWriter(), new CborWriter()];
    for (let index = 0; index < 2_000; index++) {
      left.text(`left ${index}`);
      right.text(`right ${index}`);
    }
    const [leftBytes, rightBytes] = [left.take(), right.take()];
    expect(new TextDecoder().decode(leftBytes)).not.toContain('right');
    expect(new TextDecoder().decode(rightBytes)).not.toContain('left');
  });
});
