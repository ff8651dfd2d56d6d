import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decoder as CborX } from '#cbor-x';
import { encodeValue } from '../../src/cbor/index.js';
import { Decoder } from '../../src/cbor/no-cbor-x.js';
import { concat } from './support.js';

const rows = fc.array(
  fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer(), { maxLength: 5 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fc.string(), { maxKeys: 5 }),
  ),
  { maxLength: 20 },
);

describe('SPEC 3.1 what stands for cbor-x in browsers', () => {
  it('reads what cbor-x does, as cbor-x does', () => {
    const cborX = new CborX({ useRecords: false, mapsAsObjects: true });
    fc.assert(
      fc.property(rows, (values) => {
        const bytes = concat(...values.map((value) => encodeValue(value)));
        const read = new Decoder().decodeMultiple(bytes);
        expect(read).toEqual(values);
        if (values.length > 0) expect(read).toEqual(cborX.decodeMultiple(bytes));
      }),
    );
  });
});
