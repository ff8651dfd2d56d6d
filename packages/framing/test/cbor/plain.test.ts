import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue } from '../../src/cbor/index.js';
import { Materializer } from '../../src/cbor/materialize.js';
import { decodePlain } from '../../src/cbor/plain.js';
import { Scanner } from '../../src/cbor/scan.js';
import { anyValue, concat, fromHex, LIMITS } from './support.js';

function isPlain(bytes: Uint8Array): boolean {
  const scanner = new Scanner(LIMITS);
  expect(scanner.scan(bytes, 0, bytes.length)).toBe(bytes.length);
  return scanner.plain;
}

/** Enough copies that cbor-x decodes them. */
function repeated(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly count: number } {
  const count = Math.ceil(512 / bytes.length);
  return { bytes: concat(...Array<Uint8Array>(count).fill(bytes)), count };
}

describe('SPEC 3.1 values left to cbor-x', () => {
  it.each([
    ['rows', encodeValue({ id: 1, symbol: 'ACME', price: 1.5, size: 3, side: 'buy' })],
    ['nested objects and arrays', encodeValue({ a: [{ b: { c: [true, false, null] } }] })],
    ['text that is not ASCII', encodeValue(['é', '😀', '日本語'.repeat(40)])],
    ['keys that are not ASCII', encodeValue({ é: 1, 日本: 2 })],
    ['floats and undefined', encodeValue([1.1, Number.NaN, -0, undefined])],
    ['byte strings inside', encodeValue([new Uint8Array(3)])],
    ['integers of four bytes', encodeValue([2 ** 32 - 1, -(2 ** 32)])],
  ])('are %s', (_, bytes) => {
    expect(isPlain(bytes)).toBe(true);
  });

  it.each([
    ['byte string keys', 'a1416101'],
    ['integer keys', 'a10001'],
    ['__proto__', 'a1695f5f70726f746f5f5f01'],
    ['keys said twice', 'a2616101616102'],
    ['tags', '81c24101'],
    ['sets', 'd9010280'],
    ['integers of eight bytes', '1b0000000000000001'],
    ['negative integers of eight bytes', '3b0000000000000001'],
    ['texts whose length has eight bytes', '82607b0000000000000000'],
    ['byte strings whose length has eight bytes', '815b0000000000000000'],
    ['arrays whose length has eight bytes', '9b0000000000000000'],
    ['maps whose length has eight bytes', 'bb0000000000000000'],
    ['indefinite arrays', '9fff'],
    ['indefinite maps', 'bfff'],
    ['strings in pieces', '817f6161ff'],
    ['a byte order mark', '63efbbbf'],
  ])('are not %s', (_, hex) => {
    expect(isPlain(fromHex(hex))).toBe(false);
  });

  it('are maps beside and inside one another, whatever keys they share', () => {
    const row = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, index]));
    const nested = Array.from({ length: 30 }).reduce<object>((inner) => ({ a: 1, inner, b: 2 }), row);
    expect(isPlain(encodeValue([row, row, nested, { ...row, row }]))).toBe(true);
  });

  it('are the same as built by ourselves', () => {
    let compared = 0;
    fc.assert(
      fc.property(anyValue, (value) => {
        const one = encodeValue(value);
        if (!isPlain(one)) return;
        compared++;
        const { bytes, count } = repeated(one);
        const materializer = new Materializer(bytes, 0);
        const own = Array.from({ length: count }, () => materializer.read());
        expect(materializer.error).toBeUndefined();
        expect(own).toStrictEqual(Array<unknown>(count).fill(value));
        expect(decodePlain(bytes, 0, bytes.length, count)).toStrictEqual(own);
      }),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  it('are the same for every half-precision float', () => {
    const bytes = concat(...Array.from({ length: 65_536 }, (_, bits) => Uint8Array.of(0xf9, bits >> 8, bits)));
    const materializer = new Materializer(bytes, 0);
    const own = Array.from({ length: 65_536 }, () => materializer.read());
    expect(decodePlain(bytes, 0, bytes.length, own.length)).toStrictEqual(own);
  });
});
