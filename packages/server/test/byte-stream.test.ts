import { encodeValue, type WiremuxError } from '@wiremux/framing';
import { ByteStringReader } from '@wiremux/framing/byte-strings';
import { concatMap, Observable, of, range } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type ByteSource, byteStream } from '../src/byte-stream.js';
import { preEncoded } from '../src/index.js';
import { type AnyHandler, Deferred, serveOne } from './support/one-command.js';
import type { Rig, RigOptions } from './support/rig.js';
import type { TestCall } from './support/test-client.js';

const KIB = 1_024;
const numbered = (size: number, from = 0): Uint8Array => Uint8Array.from({ length: size }, (_, at) => from + at);
const PIECES = [numbered(3), numbered(5, 3), numbered(2, 8)];

/** Runs a command whose caller takes byte strings in pieces. */
async function callOne(handler: AnyHandler, options?: RigOptions): Promise<{ rig: Rig; call: TestCall }> {
  const rig = await serveOne(handler, options);
  const call = rig.client.call('run', {}, { bytePieces: ByteStringReader });
  await rig.clock.settle();
  return { rig, call };
}

async function* slowly(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    await Promise.resolve();
    yield piece;
  }
}

function webStream(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

const sources: readonly (readonly [form: string, make: (pieces: readonly Uint8Array[]) => ByteSource])[] = [
  ['an async generator', slowly],
  ['an array', (pieces) => pieces],
  ['a generator', (pieces) => pieces.values()],
  ['a web stream', webStream],
  ['an Observable', (pieces) => of(...pieces)],
];

describe.each(sources)('SPEC 3.4.9 a byte stream made of %s', (_, make) => {
  it.each([{}, { length: 10 }])('is one byte string, returned with %o', async (options) => {
    const { call } = await callOne(() => byteStream(make(PIECES), options));
    expect(call).toMatchObject({ values: [numbered(10)], end: 'ended' });
  });

  it('keeps its place among other values', async () => {
    const { call } = await callOne(async function* () {
      yield 'before';
      yield byteStream(make(PIECES));
      yield byteStream(make([]));
      yield byteStream(make([]), { length: 0 });
      yield byteStream(make(PIECES), { length: 10 });
      yield await Promise.resolve('after');
    });
    const empty = new Uint8Array(0);
    expect(call.values).toEqual(['before', numbered(10), empty, empty, numbered(10), 'after']);
    expect(call.end).toBe('ended');
  });

  it('can be yielded by a plain generator', async () => {
    const { call } = await callOne(function* () {
      for (let count = 0; count < 3; count++) yield byteStream(make(PIECES));
      yield 'after';
    });
    expect(call).toMatchObject({ values: [numbered(10), numbered(10), numbered(10), 'after'], end: 'ended' });
  });

  it.each([
    [9, 'longer'],
    [11, 'shorter'],
  ])('fails the request with wrong-length when it says %i bytes', async (length, how) => {
    const { call, rig } = await callOne(() => byteStream(make(PIECES), { length }));
    expect(call.error).toMatchObject({ code: 'wrong-length', message: expect.stringContaining(how) as string });
    expect(call.end).toBe('wrong-length');
    expect(rig.client.closedWith).toBeUndefined();
  });
});

describe('SPEC 3.4.9 a byte stream', () => {
  it('waits behind another that an Observable emits, and so do values and the end', async () => {
    const later = new Deferred();
    async function* held(): AsyncGenerator<Uint8Array> {
      yield numbered(2);
      await later.promise;
      yield numbered(2);
    }
    const { call, rig } = await callOne(() => of('first', byteStream(held()), 2, byteStream(PIECES), 'last'));
    expect(call.values).toEqual(['first']);
    expect(call.end).toBeUndefined();
    later.resolve();
    await rig.clock.settle();
    expect(call.values).toEqual(['first', Uint8Array.of(0, 1, 0, 1), 2, numbered(10), 'last']);
    expect(call.end).toBe('ended');
  });

  it('lets at most 1,024 values wait behind it', async () => {
    const { call: edge } = await callOne(() => of(byteStream(slowly(PIECES)), ...Array<number>(1_024).fill(0)));
    expect(edge).toMatchObject({ end: 'ended', values: { length: 1_025 } });
    const streams = Array.from({ length: 1_024 }, () => byteStream([]));
    expect((await callOne(() => of(byteStream(slowly(PIECES)), ...streams))).call.values).toHaveLength(1_025);
    const { call: past } = await callOne(() => of(byteStream(slowly(PIECES)), ...Array<number>(1_025).fill(0)));
    expect(past.error).toMatchObject({ code: 'slow-reader', message: expect.stringContaining('1024') as string });
  });

  it('passes on the error of its source, and of what made it, behind its bytes', async () => {
    const { call } = await callOne(() =>
      byteStream(
        (async function* () {
          yield await Promise.resolve(numbered(4));
          throw new Error('The disk is gone.');
        })(),
      ),
    );
    expect(call.pieces).toEqual([numbered(4)]);
    expect(call.error).toMatchObject({ code: 'command-failed', message: 'The disk is gone.' });

    const { call: outer } = await callOne(
      () =>
        new Observable((subscriber) => {
          subscriber.next(byteStream(slowly(PIECES)));
          subscriber.error(new Error('No more.'));
        }),
    );
    expect(outer.values).toEqual([numbered(10)]);
    expect(outer.error).toMatchObject({ code: 'command-failed', message: 'No more.' });
  });

  it('refuses pieces that are no bytes, and sources and lengths that are none', async () => {
    const { call } = await callOne(() => byteStream(['text'] as unknown as Uint8Array[]));
    expect(call.error).toMatchObject({ code: 'command-failed', message: expect.stringContaining('string') as string });
    for (const source of [new Uint8Array(3), 'text', 5, null, {}]) {
      expect(() => byteStream(source as unknown as Uint8Array[])).toThrow(TypeError);
    }
    for (const length of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => byteStream([], { length })).toThrow(TypeError);
    }
  });

  it('takes any view for a piece', async () => {
    const view = new DataView(numbered(8).buffer, 2, 3) as unknown as Uint8Array;
    expect((await callOne(() => byteStream([view]))).call.values).toEqual([Uint8Array.of(2, 3, 4)]);
  });
});

describe('SPEC 8.5.4 a byte stream whose reader does not read', () => {
  const limits: RigOptions = {
    client: { limits: { answerCredit: 4_096 } },
    server: { limits: { sendQueueHighWater: 8 * KIB, sendQueue: 32 * KIB } },
  };

  it.each(['an async generator', 'a generator'])('asks %s for no more than there is room for', async (form) => {
    let asked = 0;
    const piece = numbered(KIB);
    function* fast(): Generator<Uint8Array> {
      for (; ; asked++) yield piece;
    }
    const rig = await serveOne(() => byteStream(form === 'a generator' ? fast() : slowly(fast())), limits);
    rig.client.taking = false;
    const call = rig.client.call('run', {}, { bytePieces: ByteStringReader });
    await rig.clock.settle();
    expect(asked).toBeGreaterThanOrEqual(7);
    expect(asked).toBeLessThanOrEqual(4 + 8 + 1);
    const before = asked;
    for (let turn = 0; asked === before && turn < 10; turn++) {
      rig.client.take(call);
      await rig.clock.settle();
    }
    expect(asked).toBeGreaterThan(before);
  });

  it('counts also where each of many is ready at once', async () => {
    let made = 0;
    function* many(): Generator {
      for (; made < 1_000; made++) yield byteStream([numbered(KIB)]);
    }
    const rig = await serveOne(many, limits);
    rig.client.taking = false;
    const call = rig.client.call('run', {}, { bytePieces: ByteStringReader });
    await rig.clock.settle();
    expect(made).toBeLessThanOrEqual(4 + 8 + 1);
    expect(call.end).toBeUndefined();
    for (let turn = 0; call.end === undefined && turn < 1_000; turn++) {
      rig.client.take(call);
      await rig.clock.settle();
    }
    expect(call).toMatchObject({ end: 'ended', values: { length: 1_000 } });
  });

  it('is not begun where it is too much already: its source is closed unread', async () => {
    const calls: string[] = [];
    const source: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          calls.push('next');
          return Promise.resolve({ done: true, value: undefined });
        },
        return: () => {
          calls.push('return');
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const rig = await serveOne(() => of('x'.repeat(50 * KIB), byteStream(source)), limits);
    rig.client.taking = false;
    const call = rig.client.call('run', {}, { bytePieces: ByteStringReader });
    await rig.clock.settle();
    expect(call.end).toBe('slow-reader');
    expect(calls).toEqual(['return']);
  });

  it('fails an Observable past the limit with slow-reader', async () => {
    const pieces = range(0, 100).pipe(concatMap(() => of(numbered(KIB))));
    const rig = await serveOne(() => byteStream(pieces), limits);
    rig.client.taking = false;
    const call = rig.client.call('run', {}, { bytePieces: ByteStringReader });
    await rig.clock.settle();
    expect(call.end).toBe('slow-reader');
  });

  it('is longer than any value may be', async () => {
    const { client, clock } = await serveOne(() => byteStream(Array.from({ length: 100 }, () => numbered(KIB))), {
      client: { limits: { valueBytes: 5_000 } },
    });
    const [whole, pieces] = [client.call('run'), client.call('run', {}, { bytePieces: ByteStringReader })];
    await clock.settle();
    expect(whole.end).toBe('too-big');
    expect(pieces).toMatchObject({ end: 'ended', values: [{ length: 100 * KIB }] });
  });
});

describe('SPEC 8.6.3 a byte stream that is cancelled', () => {
  it('has its source clean up, then what made it, then proves it', async () => {
    const steps: string[] = [];
    const forever = new Deferred();
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(numbered(4_096));
      } finally {
        steps.push('source');
        await forever.promise;
      }
    }
    const rig = await serveOne(async function* () {
      try {
        yield byteStream(source());
        await Promise.resolve();
      } finally {
        steps.push('handler');
      }
    });
    rig.client.taking = false;
    const call = rig.client.call('run', {}, { bytePieces: ByteStringReader });
    await rig.clock.settle();
    rig.client.peer.cancel(call.id);
    await rig.clock.settle();
    expect(steps).toEqual(['source', 'handler']);
    expect(call.end).toBeUndefined();
    forever.resolve();
    await rig.clock.settle();
    expect(call.end).toBe('stopped');
    expect(rig.server.snapshot().requests).toEqual([]);
  });

  it('has those that wait clean up too', async () => {
    const cancelled: number[] = [];
    const stream = (index: number): ReadableStream<Uint8Array> =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(numbered(4_096)),
        cancel: () => void cancelled.push(index),
      });
    const rig = await serveOne(() => of(...[0, 1, 2].map((index) => byteStream(stream(index)))));
    rig.client.taking = false;
    const call = rig.client.call('run', {}, { bytePieces: ByteStringReader });
    await rig.clock.settle();
    rig.client.peer.cancel(call.id);
    await rig.clock.settle();
    expect(cancelled.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    expect(call.end).toBe('stopped');
  });

  it('stops the handler when the source fails', async () => {
    let reason: WiremuxError | undefined;
    const { call } = await callOne(async function* (_, { signal }) {
      signal.addEventListener('abort', () => {
        reason = signal.reason as WiremuxError;
      });
      yield byteStream(slowly(PIECES), { length: 1 });
      await Promise.resolve();
      expect.unreachable();
    });
    expect(call.end).toBe('wrong-length');
    expect(reason).toMatchObject({ code: 'wrong-length' });
  });
});

describe('SPEC 3.1.10 a value that is encoded already', () => {
  it('is returned, yielded and emitted in place of the value', async () => {
    const rows = preEncoded(encodeValue([1, { two: 2 }]));
    const value = [1, { two: 2 }];
    expect((await callOne(() => rows)).call).toMatchObject({ values: [value], end: 'ended' });
    expect((await callOne(() => of(rows, { rows }))).call.values).toEqual([value, { rows: value }]);
    function* twice(): Generator {
      yield rows;
      yield rows;
    }
    expect((await callOne(twice)).call.values).toEqual([value, value]);
  });

  it('SPEC 8.3.6 is not sent where it is longer than the caller takes', async () => {
    const long = preEncoded(encodeValue('x'.repeat(2_000)));
    const { call } = await callOne(() => long, { client: { limits: { valueBytes: 2_000 } } });
    expect(call.end).toBe('too-big');
  });
});
