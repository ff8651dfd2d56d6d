import { decodeOne, encodeFrame, encodeValue, parseFrame } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';
import { describe, expect, it } from 'vitest';
import { BatchWriter } from '../../../src/tap/batch.js';
import type { FromThread, TapDescription } from '../../../src/tap/messages.js';
import { Describing } from '../../../src/tap/thread/describing.js';

const LIMITS = { depth: 64, items: 1_000_000, bytes: 16 * 1024 * 1024 };

function frame(text: string): Uint8Array {
  const parsed = parseFrame(text, 'wiremux.1');
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.bytes;
}

const REQUEST = frame("1 3 stream-begin command-request new cbor:{b'name': b'echo', b'args': {b'token': b'sesame'}}");
const ANSWER = frame("1 4 stream-begin command-response eos cbor:{b'status': b'ok'}");

type Passing = readonly ['in' | 'out', Uint8Array] | readonly ['gap', number];

function batchOf(...passing: readonly Passing[]): Uint8Array {
  const writer = new BatchWriter();
  for (const [what, given] of passing) {
    if (what === 'gap') writer.addGap('out', given);
    else writer.addBytes(what, [given], given.length, 7);
  }
  return writer.take();
}

interface Batch {
  readonly frames: readonly Record<string, unknown>[];
  readonly dropped: number;
  readonly missed: { readonly in: number; readonly out: number };
  readonly closed: boolean;
}

/** A thread's inside, on a clock that stands still unless told. */
class Rig {
  now = 0;
  /** What rests, to be woken. */
  readonly rests: (() => void)[] = [];
  readonly rested: number[] = [];
  readonly described: number[] = [];
  readonly batches: Batch[] = [];
  readonly describing = new Describing({
    codecs: [zlib()],
    post: (message) => this.#take(message),
    now: () => this.now,
    rest: (ms) =>
      new Promise((resolve) => {
        this.rested.push(ms);
        this.rests.push(resolve);
      }),
  });

  open(tap: number, more: Partial<TapDescription> = {}): void {
    const known = [{ id: 9, command: 'rows', since: 1 }];
    this.describing.receive({
      kind: 'open',
      tap,
      connection: 'c1',
      dialect: 'wiremux.1',
      known,
      filter: {},
      ...more,
    });
  }

  /** Passes a batch, and waits until nothing of it is left to do. */
  async pass(tap: number, batch: Uint8Array): Promise<void> {
    this.describing.receive({ kind: 'passed', tap, batch });
    await new Promise(setImmediate);
  }

  take(tap: number): Batch | undefined {
    this.describing.receive({ kind: 'take', tap });
    return this.batches.pop();
  }

  #take(message: FromThread): void {
    if (message.kind === 'described') {
      this.described.push(message.bytes);
      return;
    }
    const decoded = decodeOne(message.value, LIMITS);
    if (!decoded.ok) throw new Error(decoded.error.message);
    const batch = decoded.value as Batch;
    expect(batch.closed).toBe(message.closed);
    this.batches.push(batch);
  }
}

describe('the thread that describes frames', () => {
  it('answers at once, then with what has passed, without what is secret', async () => {
    const rig = new Rig();
    rig.open(0);
    expect(rig.take(0)).toEqual({ frames: [], dropped: 0, missed: { in: 0, out: 0 }, closed: false });
    expect(rig.take(0)).toBeUndefined();
    const batch = batchOf(['in', REQUEST], ['out', ANSWER]);
    await rig.pass(0, batch);
    expect(rig.described).toEqual([batch.length]);
    const [told] = rig.batches;
    expect(told?.frames).toMatchObject([
      { seq: 0, time: 7, direction: 'in', command: 'echo' },
      { seq: 1, direction: 'out', command: 'echo', values: ["{'status': b'ok'}"] },
    ]);
    expect(JSON.stringify(told)).not.toContain('sesame');
  });

  it('knows the requests it was told of, and filters', async () => {
    const rig = new Rig();
    rig.open(0, { filter: { direction: 'out' } });
    rig.open(1, { filter: { commands: ['rows'] } });
    const batch = batchOf(['in', REQUEST], ['out', frame("9 4 stream-begin command-response eos cbor:{'a': 1}")]);
    await rig.pass(0, batch);
    await rig.pass(1, batch);
    expect(rig.take(0)?.frames.map(({ command }) => command)).toEqual(['rows']);
    expect(rig.take(1)?.frames.map(({ command }) => command)).toEqual(['rows']);
  });

  it('leaves out the frames of those who look, and the acknowledgements of their connection', async () => {
    const rig = new Rig();
    rig.open(0);
    rig.describing.receive({ kind: 'viewers', connection: 'c1', requests: [9] });
    const own = frame("9 4 stream-begin command-response continuation cbor:{'a': 1}");
    const ack = frame('0 3 stream-begin ack 0 cbor:5');
    await rig.pass(0, batchOf(['out', own], ['in', ack], ['in', REQUEST.with(6, 0)]));
    expect(rig.take(0)?.frames.map(({ type }) => type)).toEqual(['command-request']);
    rig.describing.receive({ kind: 'viewers', connection: 'c1', requests: [] });
    await rig.pass(0, batchOf(['out', own.with(6, 0)], ['in', ack.with(6, 0)]));
    expect(rig.take(0)?.frames).toHaveLength(2);
  });

  it('decodes what is encoded, large payloads too, in its turn', async () => {
    const rig = new Rig();
    rig.open(0);
    const encoder = zlib().createEncoder!();
    const long = encodeValue({ a: Array.from({ length: 20_000 }, (_, at) => Math.sqrt(at)) });
    const bytes = [frame("9 4 stream-begin stream-settings eos cbor:b'zlib'")];
    for (const plain of [long, encodeValue({ last: true })]) {
      const header = { requestId: 9, streamId: 4, streamFlags: 4, type: 3, flags: 1 };
      bytes.push(encodeFrame(header, await encoder.encode(plain)));
    }
    encoder.close();
    expect(bytes[1]?.length).toBeGreaterThan(8_192);
    for (const one of bytes) rig.describing.receive({ kind: 'passed', tap: 0, batch: batchOf(['out', one]) });
    rig.describing.receive({ kind: 'ended', tap: 0 });
    while (rig.batches.at(-1)?.closed !== true) {
      rig.describing.receive({ kind: 'take', tap: 0 });
      await new Promise(setImmediate);
    }
    const frames = rig.batches.flatMap((batch) => batch.frames);
    expect(frames.map(({ encoding, plainBytes }) => [encoding, plainBytes])).toEqual([
      [undefined, undefined],
      ['zlib', long.length],
      ['zlib', 7],
    ]);
  });

  it('says that the connection is gone behind all that passed before', async () => {
    const rig = new Rig();
    rig.open(0);
    rig.now = 0;
    rig.describing.receive({ kind: 'passed', tap: 0, batch: batchOf(['in', REQUEST]) });
    rig.describing.receive({ kind: 'ended', tap: 0 });
    await new Promise(setImmediate);
    expect(rig.take(0)).toMatchObject({ frames: [{ command: 'echo' }], closed: true });
  });

  it('skips what it is too far behind for, counts it, and goes on with the newest', async () => {
    const rig = new Rig();
    rig.open(0);
    rig.take(0);
    const value = "9 4 0 command-response continuation cbor:{'a': 1}";
    const begin = frame(value.replace(' 0 ', ' stream-begin '));
    const rows = Array.from({ length: 5_000 }, () => frame(value));
    const many = batchOf(['out', Uint8Array.from(rows.flatMap((row) => [...row]))]);
    const batches = Math.ceil((512 * 1024) / many.length) + 1;
    rig.describing.receive({ kind: 'passed', tap: 0, batch: batchOf(['out', begin]) });
    for (let count = 0; count < batches; count++) {
      rig.describing.receive({ kind: 'passed', tap: 0, batch: many.slice() });
    }
    const viewer = { kind: 'take', tap: 0 } as const;
    while (rig.described.length <= batches) {
      rig.describing.receive(viewer);
      await new Promise(setImmediate);
    }
    rig.describing.receive(viewer);
    const frames = rig.batches.flatMap((batch) => batch.frames);
    const { dropped = 0 } = rig.batches.at(-1) ?? {};
    expect(dropped).toBeGreaterThan(rows.length);
    expect(frames.length + dropped).toBe(1 + batches * rows.length);
    expect(frames.at(-1)).toMatchObject({ seq: batches * rows.length, values: ["{'a': 1}"] });
  });

  it('counts the frames of gaps, and the bytes in which none could be told', async () => {
    const rig = new Rig();
    rig.open(0);
    rig.take(0);
    await rig.pass(0, batchOf(['gap', 3]));
    expect(rig.take(0)).toMatchObject({ frames: [], dropped: 3, missed: { in: 0, out: 0 } });
    await rig.pass(0, batchOf(['out', ANSWER.subarray(3)], ['out', ANSWER]));
    expect(rig.take(0)).toMatchObject({ frames: [{ seq: 3 }], dropped: 3, missed: { out: ANSWER.length - 3 } });
  });

  it.each([
    [2, 18],
    [5, 45],
    [100, 50],
  ])('rests when it has worked for %d ms, whoever is tapped: %d ms', async (worked, rest) => {
    const rig = new Rig();
    rig.open(0);
    rig.open(1);
    rig.describing.receive({ kind: 'passed', tap: 0, batch: batchOf(['in', REQUEST]) });
    rig.describing.receive({ kind: 'passed', tap: 1, batch: batchOf(['in', REQUEST]) });
    rig.now = worked;
    await new Promise(setImmediate);
    expect([rig.described.length, rig.rested]).toEqual([1, [rest]]);
    rig.now += 1;
    rig.rests[0]!();
    await new Promise(setImmediate);
    expect([rig.described.length, rig.rests.length]).toEqual([2, 1]);
  });

  it('does nothing for a tap that was closed, not even what was under way', async () => {
    const rig = new Rig();
    rig.open(0);
    rig.now = 10;
    rig.describing.receive({ kind: 'passed', tap: 0, batch: batchOf(['in', REQUEST]) });
    rig.describing.receive({ kind: 'passed', tap: 0, batch: batchOf(['in', REQUEST.with(6, 0)]) });
    rig.describing.receive({ kind: 'close', tap: 0 });
    for (const kind of ['take', 'ended', 'close'] as const) rig.describing.receive({ kind, tap: 0 });
    rig.describing.receive({ kind: 'passed', tap: 0, batch: batchOf(['in', REQUEST]) });
    await new Promise(setImmediate);
    expect(rig.batches).toEqual([]);
    expect(rig.described.length).toBeLessThanOrEqual(1);
  });
});
