import { Decoder, Encoder } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOne, encodeValue } from '../../src/cbor/index.js';
import { LIMITS } from './support.js';

/** As plain as CBOR gets: no records, no shared structures, objects for maps. */
const options = { useRecords: false, mapsAsObjects: true, tagUint8Array: false } as const;
const encoder = new Encoder(options);
const decoder = new Decoder(options);

const key = fc.string({ maxLength: 40 }).filter((text) => text !== '__proto__');
/** Longer integers cbor-x makes BigInts of, and writes as floats. */
const leaf = fc.oneof(
  fc.integer({ min: -(2 ** 32), max: 2 ** 32 - 1 }),
  fc.double({ noNaN: true }).filter((number) => !Number.isInteger(number)),
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
