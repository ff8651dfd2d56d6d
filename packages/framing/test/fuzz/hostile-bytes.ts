import fc from 'fast-check';

type Change = (bytes: Uint8Array) => Uint8Array;

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const flip: fc.Arbitrary<Change> = fc.tuple(fc.nat(), fc.nat(7)).map(([at, bit]) => (bytes) => {
  const flipped = bytes.slice();
  if (bytes.length > 0) flipped[at % bytes.length]! ^= 1 << bit;
  return flipped;
});

/** Bytes that begin or end something somewhere. */
const telling = fc.oneof(fc.nat(255), fc.constantFrom(0, 0xff, 0x5f, 0x7f, 0x9f, 0xbf, 0x5b, 0xc2, 0x1b, 0x25, 0x5c));

const overwrite: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(), fc.array(telling, { minLength: 1, maxLength: 4 }))
  .map(([at, values]) => (bytes) => {
    const changed = bytes.slice();
    const start = bytes.length === 0 ? 0 : at % bytes.length;
    changed.set(values.slice(0, bytes.length - start), start);
    return changed;
  });

const insert: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(), fc.array(telling, { minLength: 1, maxLength: 8 }))
  .map(([at, values]) => (bytes) => {
    const where = at % (bytes.length + 1);
    return join(bytes.subarray(0, where), Uint8Array.from(values), bytes.subarray(where));
  });

const remove: fc.Arbitrary<Change> = fc.tuple(fc.nat(), fc.nat(20)).map(([at, count]) => (bytes) => {
  const where = at % (bytes.length + 1);
  return join(bytes.subarray(0, where), bytes.subarray(where + count));
});

const truncate: fc.Arbitrary<Change> = fc.nat().map((end) => (bytes) => bytes.slice(0, end % (bytes.length + 1)));

const repeat: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 200 }))
  .map(([at, size, times]) => (bytes) => {
    const where = at % (bytes.length + 1);
    const piece = bytes.subarray(where, where + size);
    return join(bytes.subarray(0, where), ...Array.from({ length: times }, () => piece), bytes.subarray(where));
  });

/** Legal input changed in a few places, two of them joined, or noise. */
export function hostileBytes(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.oneof({ arbitrary: flip, weight: 3 }, overwrite, insert, remove, truncate, repeat);
  const sample = fc.constantFrom(...samples);
  const changed = fc
    .tuple(sample, fc.array(change, { maxLength: 5 }))
    .map(([bytes, changes]) => changes.reduce((given, apply) => apply(given), bytes));
  return fc.oneof(
    { arbitrary: changed, weight: 6 },
    fc.tuple(changed, changed).map(([one, other]) => join(one, other)),
    fc.uint8Array({ maxLength: 60 }),
    fc.array(telling, { maxLength: 60 }).map((values) => Uint8Array.from(values)),
  );
}
