import { map, Observable, range } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { serveOne } from './support/one-command.js';
import type { RigOptions } from './support/rig.js';

/** A text whose encoding takes 1,000 bytes. */
const KILOBYTE = 'x'.repeat(997);
const limits: RigOptions = {
  client: { limits: { answerCredit: 4_096 } },
  server: { limits: { sendQueueHighWater: 10_000, sendQueue: 50_000 } },
};

describe('SPEC 8.5.4 an answer whose reader does not read', () => {
  it.each(['async generator', 'generator'])('asks an %s for no more than there is room for', async (form) => {
    let asked = 0;
    const next = (): string => {
      asked += 1;
      return KILOBYTE;
    };
    async function* slow(): AsyncGenerator<string> {
      for (;;) yield await Promise.resolve(next());
    }
    function* fast(): Generator<string> {
      for (;;) yield next();
    }
    const { client, clock } = await serveOne(() => (form === 'generator' ? fast() : slow()), limits);
    client.taking = false;
    const call = client.call('run');
    await clock.settle();
    // What the credit let go, what may wait, and the value that filled the queue.
    const most = (4_096 + 10_000) / 1_000 + 1;
    expect(asked).toBeGreaterThanOrEqual(10);
    expect(asked).toBeLessThanOrEqual(most);
    expect(call.values).toHaveLength(4);
    const before = asked;
    await clock.advance(60_000);
    expect(asked).toBe(before);

    for (let turn = 0; asked === before && turn < 10; turn++) {
      client.take(call);
      await clock.settle();
    }
    expect(asked).toBeGreaterThan(before);
    // What may wait, the value that filled the queue, and one that is on its way in part.
    expect(asked - call.values.length).toBeLessThanOrEqual(10_000 / 1_000 + 2);
  });

  it('lets a slow reader have every value in order', async () => {
    const { client, clock } = await serveOne(async function* () {
      for (let n = 0; n < 200; n++) yield [n, KILOBYTE];
    }, limits);
    client.taking = false;
    const call = client.call('run');
    for (let turn = 0; call.end === undefined && turn < 200; turn++) {
      await clock.settle();
      client.take(call);
    }
    expect(call.end).toBe('ended');
    expect(call.values.map((value) => (value as unknown[])[0])).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it('holds the values of an Observable up to the limit', async () => {
    const { client, clock } = await serveOne(() => range(0, 49).pipe(map(() => KILOBYTE)), limits);
    client.taking = false;
    const call = client.call('run');
    await clock.settle();
    for (let turn = 0; call.end === undefined && turn < 200; turn++) {
      client.take(call);
      await clock.settle();
    }
    expect(call.values).toHaveLength(49);
    expect(call.end).toBe('ended');
  });

  it('fails an Observable past the limit with slow-reader, and unsubscribes it', async () => {
    let emitted = 0;
    let unsubscribed = 0;
    const endless = new Observable<string>((subscriber) => {
      while (!subscriber.closed) {
        emitted += 1;
        subscriber.next(KILOBYTE);
      }
      return () => {
        unsubscribed += 1;
      };
    });
    const { client, clock, server } = await serveOne(() => endless, limits);
    client.taking = false;
    const call = client.call('run');
    await clock.settle();
    for (let turn = 0; call.end === undefined && turn < 200; turn++) {
      client.take(call);
      await clock.settle();
    }
    expect(emitted).toBe(51);
    expect(unsubscribed).toBe(1);
    expect(call.end).toBe('slow-reader');
    expect(server.counters.requests).toEqual({ open: 0, total: 1, failed: 1 });
  });

  it('SPEC 8.12.4 does not hold up another request', async () => {
    const { client, clock } = await serveOne(({ big }) => {
      if (big !== true) return 'small';
      return (function* () {
        for (;;) yield KILOBYTE;
      })();
    }, limits);
    client.taking = false;
    const big = client.call('run', { big: true });
    const small = client.call('run');
    await clock.settle();
    expect(small).toMatchObject({ end: 'ended', values: ['small'] });
    expect(big.end).toBeUndefined();
  });
});

describe('many requests at once', () => {
  it('answers 1,000 echoes', async () => {
    const { client, clock, server } = await serveOne((args) => args);
    const calls = Array.from({ length: 1_000 }, (_, n) => client.call('run', { n }));
    await clock.settle();
    expect(calls.map(({ values }) => values)).toEqual(calls.map((_, n) => [{ n }]));
    expect(calls.every(({ end }) => end === 'ended')).toBe(true);
    expect(server.counters.requests).toEqual({ open: 0, total: 1_000, failed: 0 });
  });

  it('SPEC 9.1.5 runs as many as the limit allows, and refuses one more', async () => {
    const { client, clock, server } = await serveOne(() => new Observable(), {
      server: { limits: { openRequests: 3 } },
    });
    const within = Array.from({ length: 3 }, () => client.call('run'));
    await clock.settle();
    expect(server.counters.requests.open).toBe(3);
    expect(client.peer.openSlots).toBe(0);
    expect(() => client.call('run')).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    expect(within.map(({ end }) => end)).toEqual([undefined, undefined, undefined]);
  });
});
