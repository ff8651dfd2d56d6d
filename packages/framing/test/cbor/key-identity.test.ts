import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countNumbers, KeyIdentity } from '../../src/cbor/key-identity.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('SPEC 3.1 the same key', () => {
  it.each([
    ['zero and minus zero', 0, -0],
    ['NaN and NaN', Number.NaN, Number.NaN],
    ['bytes', bytes(255), bytes(255)],
    ['arrays', [1, ['a']], [1, ['a']]],
    ['sets in another order', new Set([1, 2]), new Set([2, 1])],
    [
      'maps in another order',
      new Map([
        [1, 2],
        [3, 4],
      ]),
      new Map([
        [3, 4],
        [1, 2],
      ]),
    ],
    ['a map and a plain object', new Map([['a', 1]]), { a: 1 }],
  ])('are %s', (_, left, right) => {
    const identity = new KeyIdentity();
    expect(identity.of(left)).toBe(identity.of(right));
  });

  it.each([
    ['a number and its text', 1, '1'],
    ['a number and a BigInt', 1, 1n],
    ['null and undefined', null, undefined],
    ['true and its text', true, 'true'],
    ['bytes and an array of them', bytes(1), [1]],
    ['an array and a set', [1], new Set([1])],
    ['arrays in another order', [1, 2], [2, 1]],
    ['a nested array and a flat one', [[1], 2], [1, 2]],
    ['a map and a set of its entries', new Map([[1, 2]]), new Set([[1, 2]])],
    ['text that looks like a number of ours', ['o0'], [[]]],
    ['empty ones', [], new Set()],
    ['text in one array and in two', ['a","b'], ['a', 'b']],
  ])('are not %s', (_, left, right) => {
    const identity = new KeyIdentity();
    expect(identity.of(left)).not.toBe(identity.of(right));
  });

  it('are equal values, and no others', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const identity = new KeyIdentity();
        const [first, second] = [left, right].map((value): unknown => JSON.parse(JSON.stringify(value)));
        expect(identity.of(structuredClone(first))).toBe(identity.of(first));
        expect(identity.of(first) === identity.of(second)).toBe(isDeepStrictEqual(first, second));
      }),
    );
  });

  it('are found in one look at each item, however deep keys are nested', () => {
    let looks = 0;
    class Watched extends Array<unknown> {
      override map<Result>(each: (item: unknown, index: number, all: unknown[]) => Result): Result[] {
        looks++;
        return Array.from(this, (item, index) => each(item, index, this));
      }
    }
    const identity = new KeyIdentity();
    let key: unknown = 0;
    for (let level = 0; level < 50; level++) {
      key = Watched.of(key, key);
      identity.of(key);
    }
    expect(looks).toBe(50);
  });
});

describe('SPEC 9.1 numbers as keys', () => {
  it('are numbers and BigInts', () => {
    expect(countNumbers([1, 2n, Number.NaN, '1', null, true, [1]])).toBe(3);
  });
});
