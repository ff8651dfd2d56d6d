import { Decoder, Encoder } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOne, encodeValue } from '../../src/cbor/index.js';
import { LIMITS } from './support.js';

/** As plain as CBOR gets: no records, no shared structures, objects for maps. */
const options = { useRecords: false, mapsAsObjects: true, tagUint8Array: false, int64AsNumber: true } as const;
const encoder = new Encoder(options);
const decoder = new Decoder(options);

const key = fc.string({ maxLength: 40 }).filter((text) => text !== '__proto__');
const leaf = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0) && !isBigWhole(number)),
  fc.string({ maxLength: 300 }),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(key, tie('value'), { noNullPrototype: true }),
  ),
}));

/** A whole number that is no safe integer: what each library makes of those is its own. */
function isBigWhole(number: number): boolean {
  return Number.isInteger(number) && !Number.isSafeInteger(number);
}

describe('SPEC 3.1 values that go between this library and cbor-x', () => {
  it('are read here as cbor-x wrote them', () => {
    fc.assert(
      fc.property(value, (written) => {
        expect(decodeOne(new Uint8Array(encoder.encode(written)), LIMITS)).toEqual({ ok: true, value: written });
      }),
    );
  });

  it('are read by cbor-x as they were written here', () => {
    fc.assert(
      fc.property(value, (written) => {
        expect(decoder.decode(encodeValue(written))).toEqual(written);
      }),
    );
  });
});
