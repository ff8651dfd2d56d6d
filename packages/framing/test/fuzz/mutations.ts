import fc from 'fast-check';
import { encodeFrame, encodeValue } from '../../src/index.js';
import { CUT_OFF, HOLD_BACK, type Mutation } from './fuzz-wire.js';

const IDENTITY = encodeValue(Buffer.from('identity'));

/** Payloads that mean something somewhere, and some that never do. */
const PAYLOADS: readonly Uint8Array[] = [
  new Uint8Array(0),
  ...[0, 1, 23, 1_023, 1_024, 65_536, 2 ** 24, 2 ** 24 + 1, 2 ** 40].map((uint) => encodeValue(uint)),
  ...['stopped', 'finished', 'left', 'nonsense'].map((result) => encodeValue({ result: Buffer.from(result) })),
  encodeValue({ status: Buffer.from('ok') }),
  encodeValue({ status: Buffer.from('error'), error: { message: Buffer.from('%s'), code: Buffer.from('odd-code') } }),
  encodeValue({ message: [{ msg: Buffer.from('all is lost') }], type: Buffer.from('server') }),
  encodeValue([{ msg: Buffer.from('%s'), args: [Buffer.from([0xff])] }]),
  encodeValue({ pos: -1, topic: Buffer.from('topic'), total: 0 }),
  encodeValue({ name: Buffer.from('command'), args: { __proto__: 1 } }),
  encodeValue({ contentencodings: [Buffer.from('zlib')], wiremux: { credit: 1 } }),
  encodeValue({ after: 1, jitter: 1 }),
  IDENTITY,
  encodeValue(Buffer.alloc(65)),
  new Uint8Array(65_535),
  // Heads that announce more than there is, nesting without end, and a stray break.
  Uint8Array.of(0x5b, 0, 0, 1, 0, 0, 0, 0, 0),
  Uint8Array.of(0x9a, 0xff, 0xff, 0xff, 0xff),
  new Uint8Array(5_000).fill(0x81),
  Uint8Array.of(0xff),
];

const byte = fc.nat(255);

const flip: fc.Arbitrary<Mutation> = fc.tuple(fc.nat(), fc.nat(7)).map(([at, bit]) => (frame) => {
  const flipped = frame.slice();
  const index = at % frame.length;
  flipped[index] = (flipped[index] as number) ^ (1 << bit);
  return [flipped];
});

const headerByte: fc.Arbitrary<Mutation> = fc.tuple(fc.nat(7), byte).map(([at, value]) => (frame) => {
  const changed = frame.slice();
  changed[at] = value;
  return [changed];
});

const payload: fc.Arbitrary<Uint8Array> = fc.oneof(fc.constantFrom(...PAYLOADS), fc.uint8Array({ maxLength: 40 }));

const newPayload: fc.Arbitrary<Mutation> = payload.map((bytes) => (frame) => [encodeFrame(headerOf(frame), bytes)]);

/** A frame of any kind, close to what is going on. */
const inserted: fc.Arbitrary<Mutation> = fc
  .record({
    near: fc.integer({ min: -4, max: 4 }),
    stream: fc.oneof(fc.constant(undefined), fc.nat(8)),
    streamFlags: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 8),
    type: fc.nat(15),
    flags: fc.oneof(fc.nat(2), fc.nat(15)),
    payload,
    before: fc.boolean(),
  })
  .map(({ near, stream, streamFlags, type, flags, payload: bytes, before }) => (frame) => {
    const { requestId, streamId } = headerOf(frame);
    const header = { requestId: (requestId + near) & 0xffff, streamId: stream ?? streamId, streamFlags, type, flags };
    const extra = encodeFrame(header, bytes);
    return before ? [extra, frame] : [frame, extra];
  });

/** Credit for a request that is going on, or an ack. */
const lie: fc.Arbitrary<Mutation> = fc
  .record({
    isAck: fc.boolean(),
    amount: fc.constantFrom(0, 1, 2, 1_000, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, 2 ** 53 - 1),
    times: fc.constantFrom(1, 2, 3_000),
  })
  .map(({ isAck, amount, times }) => (frame) => {
    const { requestId, streamId } = headerOf(frame);
    const link = streamId & 1 ? 1 : 2;
    const header = isAck ? { requestId: 0, streamId: link, type: 0xc } : { requestId, streamId, type: 0xa };
    const extra = encodeFrame({ ...header, streamFlags: 0, flags: 0 }, encodeValue(amount));
    return [frame, ...Array.from({ length: times }, () => extra)];
  });

/** More streams than may be open. */
const manyStreams: Mutation = (frame) => {
  const { streamId } = headerOf(frame);
  const begun = Array.from({ length: 20 }, (_, count) =>
    encodeFrame({ requestId: 1, streamId: streamId + 2 * count + 10, streamFlags: 1, type: 9, flags: 1 }, IDENTITY),
  );
  return [frame, ...begun];
};

/** What a hostile peer, or a broken way to it, may do once. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  flip,
  headerByte,
  newPayload,
  { arbitrary: inserted, weight: 4 },
  { arbitrary: lie, weight: 2 },
  fc.uint8Array({ minLength: 1, maxLength: 40 }).map<Mutation>((bytes) => (frame) => [frame, bytes]),
  fc.integer({ min: 2, max: 40 }).map<Mutation>((times) => (frame) => Array.from({ length: times }, () => frame)),
  fc.constantFrom<Mutation>(() => [], manyStreams, HOLD_BACK, CUT_OFF),
);

function headerOf(frame: Uint8Array): Parameters<typeof encodeFrame>[0] {
  const [, , , low = 0, high = 0, streamId = 0, streamFlags = 0, last = 0] = frame;
  return { requestId: low + high * 256, streamId, streamFlags, type: last >> 4, flags: last & 15 };
}
