import type { OutgoingRequest } from '@wiremux/framing';
import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { byteStream } from '../src/byte-stream.js';
import { type AnyHandler, Deferred, serveOne } from './support/one-command.js';
import type { Rig } from './support/rig.js';
import type { TestCall } from './support/test-client.js';

/** Takes about 1,000 bytes; its first is a number of its own. */
const kilobyte = (n: number): [number, string] => [n, 'x'.repeat(990)];

/** Numbers of the values that came. */
const numbers = ({ values }: TestCall): number[] => values.map((value) => (value as [number])[0]);

/** One call with credit for 4 such values, which are not taken. */
async function stalled(
  handler: AnyHandler,
  options: Pick<OutgoingRequest, 'slow' | 'keep' | 'idem'>,
): Promise<Rig & { readonly call: TestCall; finish: () => Promise<void> }> {
  const rig = await serveOne(handler);
  rig.client.taking = false;
  const call = rig.client.call('run', {}, { credit: 4_096, ...options });
  await rig.clock.settle();
  return {
    ...rig,
    call,
    async finish() {
      for (let turn = 0; call.end === undefined && turn < 2_000; turn++) {
        rig.client.take(call);
        await rig.clock.settle();
      }
    },
  };
}

describe('SPEC 8.11.17 a command whose values do not wait', () => {
  it('is asked for each value of an async generator, whoever reads them', async () => {
    let yielded = 0;
    const { call, finish } = await stalled(
      async function* () {
        for (; yielded < 5_000; yielded++) yield kilobyte(yielded);
      },
      { slow: 'latest' },
    );
    expect(yielded).toBe(5_000);
    await finish();
    expect(call.end).toBe('ended');
    expect(numbers(call).at(-1)).toBe(4_999);
    expect(call.values.length).toBeLessThan(10);
  });

  it('loses nothing of an async generator while its reader keeps up', async () => {
    const { client, clock } = await serveOne(async function* () {
      for (let n = 0; n < 500; n++) yield kilobyte(n);
    });
    const call = client.call('run', {}, { slow: 'latest', credit: 4_096 });
    await clock.settle();
    expect(numbers(call)).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  it('gives way to the event loop: a turn has its share, and no more', async () => {
    let yielded = 0;
    const turns: number[] = [];
    const rig = await serveOne(async function* () {
      for (; yielded < 2_000; yielded++) yield kilobyte(yielded);
    });
    rig.client.taking = false;
    rig.client.call('run', {}, { slow: 'latest', credit: 1_024 });
    const count = (): void => {
      turns.push(yielded);
      if (yielded < 2_000) rig.clock.defer(count);
    };
    rig.clock.defer(count);
    await rig.clock.settle();
    const most = Math.max(...turns.map((at, turn) => at - (turns[turn - 1] ?? 0)));
    expect(yielded).toBe(2_000);
    expect(most).toBeLessThanOrEqual(257);
  });

  it('is asked for the values of a generator only while there is room: each is made when it can go', async () => {
    let yielded = 0;
    const { call, finish } = await stalled(
      function* () {
        for (; yielded < 50; yielded++) yield kilobyte(yielded);
      },
      { slow: 'drop', keep: 3 },
    );
    expect(yielded).toBeLessThan(10);
    await finish();
    expect(numbers(call)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  it('can be an Observable, whose values are bounded by their number', async () => {
    const source = new Observable<[number, string]>((subscriber) => {
      for (let n = 0; n < 50_000; n++) subscriber.next(kilobyte(n));
      subscriber.complete();
    });
    const { call, finish } = await stalled(() => source, { slow: 'drop', keep: 10 });
    await finish();
    expect(call.end).toBe('ended');
    expect(numbers(call)).toEqual(Array.from({ length: 10 }, (_, n) => 49_990 + n));
  });

  it('SPEC 8.11.20 waits for its reader inside a byte stream, and goes on behind it', async () => {
    let sent = 0;
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (; sent < 500; sent++) yield new Uint8Array(1_000);
    }
    const { call, finish } = await stalled(
      async function* () {
        yield kilobyte(1);
        yield byteStream(pieces());
        for (let n = 2; n < 100; n++) yield kilobyte(n);
      },
      { slow: 'latest' },
    );
    expect(sent).toBeLessThan(100);
    await finish();
    expect(call.end).toBe('ended');
    expect(call.values[0]).toEqual(kilobyte(1));
    expect(call.values[1]).toHaveLength(500_000);
    expect(call.values.at(-1)).toEqual(kilobyte(99));
  });

  it('stops as any other when it is cancelled', async () => {
    const cleaned = new Deferred();
    const rig = await serveOne(async function* (_, { signal }) {
      try {
        for (let n = 0; !signal.aborted; n++) {
          yield kilobyte(n);
          if (n % 100 === 0) await new Promise<void>((resolve) => rig.clock.defer(resolve));
          if (n === 1_000) rig.client.peer.cancel(call.id);
        }
      } finally {
        cleaned.resolve();
      }
    });
    rig.client.taking = false;
    const call = rig.client.call('run', {}, { slow: 'latest', credit: 1_024 });
    await rig.clock.settle();
    await cleaned.promise;
    await rig.clock.settle();
    expect(call.end).toBe('stopped');
  });
});

describe('SPEC 8.11.19 a command whose request fails when values wait', () => {
  it('fails past what is kept, and its source stops', async () => {
    let cleaned = 0;
    const { call, finish, server } = await stalled(
      async function* () {
        try {
          for (let n = 0; ; n++) yield kilobyte(n);
        } finally {
          cleaned++;
        }
      },
      { slow: 'fail', keep: 20 },
    );
    await finish();
    expect([call.end, cleaned]).toEqual(['slow-reader', 1]);
    expect(server.counters.requests).toEqual({ open: 0, total: 1, failed: 1 });
  });

  it('SPEC 8.11.11 fails so when a kept answer has more values than that', async () => {
    const idem = new Uint8Array([1]);
    const { client, clock, call } = await stalled(
      function* () {
        yield* [1, 2, 3];
      },
      { idem },
    );
    expect(call.end).toBe('ended');
    const again = client.call('run', {}, { idem, slow: 'fail', keep: 2 });
    const latest = client.call('run', {}, { idem, slow: 'latest' });
    await clock.settle();
    expect(again.end).toBe('slow-reader');
    expect([latest.end, latest.values]).toEqual(['ended', [3]]);
  });
});
