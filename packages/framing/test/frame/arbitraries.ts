import fc from 'fast-check';
import type { Frame } from '../../src/frame/frame.js';
import { DIALECT_NAMES, type DialectName } from '../../src/frame/frame-types.js';

/** Payloads that tend to be text, CBOR or nearly so, beside plain noise. */
const payload: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => new TextEncoder().encode(text)),
  fc
    .array(fc.constantFrom(0xa1, 0x42, 0x61, 0x5c, 0x27, 0x82, 0xf5, 0x00, 0xc3, 0xa9), { maxLength: 12 })
    .map((bytes) => Uint8Array.from(bytes)),
);

/** Frames with any field values, legal or not. */
export const anyFrame: fc.Arbitrary<Frame> = fc.record({
  requestId: fc.nat(0xffff),
  streamId: fc.nat(0xff),
  streamFlags: fc.nat(0xff),
  type: fc.nat(0xf),
  flags: fc.nat(0xf),
  payload,
});

export const anyDialect: fc.Arbitrary<DialectName> = fc.constantFrom(...DIALECT_NAMES);
