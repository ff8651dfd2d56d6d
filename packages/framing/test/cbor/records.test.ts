import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CborWriter, decodeOne, encodeValue } from '../../src/cbor/index.js';
import { concat, fromHex, LIMITS, readAll } from './support.js';

function read(bytes: Uint8Array): unknown {
  const decoded = decodeOne(bytes, LIMITS);
  return decoded.ok ? decoded.value : decoded.error;
}

/** A map of one to nine with these keys, in this order, all of them short. */
function mapOf(...keys: readonly string[]): Uint8Array {
  return concat(
    Uint8Array.of(0xa0 + keys.length),
    ...keys.map((key, index) => concat(encodeValue(key), Uint8Array.of(index))),
  );
}

describe('SPEC 3.1 maps whose keys are those of one before', () => {
  it('are read as they are, whatever they share with it', () => {
    const keys = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '', 'é', '__proto__', 'x'.repeat(30)), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(keys, { minLength: 2, maxLength: 12 }), (shapes) => {
        for (const shape of shapes) {
          const value = read(mapOf(...shape)) as object;
          expect(Object.entries(value)).toEqual(shape.map((key, index) => [key, index]));
          expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
        }
      }),
    );
  });

  it('are the same with text and with byte strings as keys, of any form', () => {
    const bytes = new CborWriter();
    bytes.mapHead(2);
    for (const key of ['left', 'right']) {
      bytes.bytes(key);
      bytes.uint(1);
    }
    const forms = [encodeValue({ left: 1, right: 1 }), bytes.take(), fromHex('bf 646c656674 01 657269676874 01 ff')];
    for (const form of [...forms, ...forms]) expect(read(form)).toStrictEqual({ left: 1, right: 1 });
  });

  it('may be inside one another and in arrays', () => {
    const value = { a: { a: [{ a: 1 }, { b: 2 }], b: { a: { b: { a: 1 } } } }, b: [[{ a: 1, b: 2 }]] };
    for (let round = 0; round < 3; round++) expect(read(encodeValue(value))).toStrictEqual(value);
  });

  it('may not say a key twice, be it known or not', () => {
    expect(read(mapOf('one', 'two', 'three'))).toStrictEqual({ one: 0, two: 1, three: 2 });
    for (const keys of [
      ['one', 'one'],
      ['one', 'two', 'one'],
      ['one', 'two', 'two'],
      ['one', 'two', 'three', 'one'],
    ]) {
      for (let round = 0; round < 2; round++) {
        const bytes = mapOf(...keys);
        const offset = bytes.length - 2 - (keys.at(-1) as string).length;
        expect(read(bytes)).toMatchObject({ code: 'duplicate-key', offset });
      }
    }
  });

  it('may go on in more ways, and have more keys, than are remembered', () => {
    for (let index = 0; index < 10_000; index++) {
      const value = { first: index, [`key ${index % 5_000}`]: { [`inner ${index}`]: 1 }, last: true };
      expect(read(encodeValue(value))).toStrictEqual(value);
    }
  });

  it('become maps where a key is no text, however many were known', () => {
    const bytes = fromHex('a4 6161 01 4162 02 07 03 6161 04');
    expect(read(fromHex('a3 6161 01 4162 02 07 03'))).toStrictEqual(
      new Map<unknown, unknown>([
        ['a', 1],
        [Uint8Array.of(0x62), 2],
        [7, 3],
      ]),
    );
    expect(read(bytes)).toMatchObject({ code: 'duplicate-key', offset: 9 });
  });
});

describe('SPEC 3.1 floats', () => {
  it('of half precision are read, every one', () => {
    const all = Array.from({ length: 65_536 }, (_, bits) => bits);
    const { values } = readAll([concat(...all.map((bits) => Uint8Array.of(0xf9, bits >> 8, bits)))]);
    const expected = all.map((bits) => {
      const sign = bits & 0x8000 ? -1 : 1;
      const exponent = (bits >> 10) & 31;
      const fraction = (bits & 0x3ff) / 1_024;
      if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
      return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
    });
    expect(values).toStrictEqual(expected);
  });
});
