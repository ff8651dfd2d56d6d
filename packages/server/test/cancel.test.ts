import { Peer, WiremuxError } from '@wiremux/framing';
import { memoryTransportPair, VirtualClock } from '@wiremux/framing/testing';
import { NEVER, Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { implement } from '../src/command-set.js';
import { serveConnection } from '../src/connection.js';
import { command, defineCommands } from '../src/contract.js';
import { type AnyHandler, Deferred, serveOne } from './support/one-command.js';
import { knownDialect, type Rig } from './support/rig.js';
import type { TestCall } from './support/test-client.js';

/** Opens a request and cancels it once its handler runs. */
async function cancelled(handler: AnyHandler): Promise<Rig & { readonly call: TestCall }> {
  const rig = await serveOne(handler);
  const call = rig.client.call('run');
  await rig.clock.settle();
  rig.client.peer.cancel(call.id, { code: 'timeout', message: 'Took too long.' });
  await rig.clock.settle();
  return { ...rig, call };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

describe('SPEC 8.6.3 a cancelled request', () => {
  it("aborts its handler's signal, with the caller's reason", async () => {
    let reason: unknown;
    const { call } = await cancelled(async (_, { signal }) => {
      try {
        await untilAborted(signal);
      } catch (thrown) {
        reason = thrown;
      }
    });
    expect(reason).toBeInstanceOf(WiremuxError);
    expect(reason).toMatchObject({ code: 'timeout', message: 'Took too long.' });
    expect(call).toMatchObject({ end: 'stopped', values: [] });
  });

  it('gives an aborted signal to a handler that asks for it late', async () => {
    const gate = new Deferred();
    let aborted: boolean | undefined;
    const { clock } = await cancelled(async (_, context) => {
      await gate.promise;
      aborted = context.signal.aborted;
    });
    gate.resolve();
    await clock.settle();
    expect(aborted).toBe(true);
  });

  it('runs the finally of an async generator that waits for room', async () => {
    let finals = 0;
    const rig = await serveOne(
      async function* () {
        try {
          for (;;) yield 'x'.repeat(1_000);
        } finally {
          finals += 1;
        }
      },
      { client: { limits: { answerCredit: 1_024 } } },
    );
    rig.client.taking = false;
    const call = rig.client.call('run');
    await rig.clock.settle();
    expect(finals).toBe(0);
    rig.client.peer.cancel(call.id);
    await rig.clock.settle();
    expect(finals).toBe(1);
    expect(call.end).toBe('stopped');
  });

  it('runs the finally of an async generator that waits for something else, once its signal wakes it', async () => {
    const seen: string[] = [];
    const { call } = await cancelled(async function* (_, { signal }) {
      try {
        yield 1;
        await untilAborted(signal);
      } finally {
        seen.push('finally');
      }
    });
    expect(seen).toEqual(['finally']);
    expect(call).toMatchObject({ end: 'stopped', values: [1] });
  });

  it('runs the finally of a generator', async () => {
    let finals = 0;
    const rig = await serveOne(
      function* () {
        try {
          for (;;) yield 'x'.repeat(1_000);
        } finally {
          finals += 1;
        }
      },
      { client: { limits: { answerCredit: 1_024 } } },
    );
    rig.client.taking = false;
    const call = rig.client.call('run');
    await rig.clock.settle();
    rig.client.peer.cancel(call.id);
    await rig.clock.settle();
    expect(finals).toBe(1);
    expect(call.end).toBe('stopped');
  });

  it('returns an iterator whose next hangs, and stops when it has returned', async () => {
    const returned = new Deferred<IteratorResult<unknown>>();
    const { call, clock } = await cancelled(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: () => returned.promise }),
    }));
    expect(call.end).toBeUndefined();
    returned.resolve({ done: true, value: undefined });
    await clock.settle();
    expect(call.end).toBe('stopped');
  });

  it('waits for the pending value of an iterator that cannot be returned', async () => {
    const next = new Deferred<IteratorResult<unknown>>();
    const { call, clock } = await cancelled(() => ({ [Symbol.asyncIterator]: () => ({ next: () => next.promise }) }));
    expect(call.end).toBeUndefined();
    next.resolve({ done: false, value: 1 });
    await clock.settle();
    expect(call).toMatchObject({ end: 'stopped', values: [] });
  });

  it('unsubscribes an Observable before it says so', async () => {
    const order: string[] = [];
    const rig = await serveOne(() => new Observable(() => () => void order.push('unsubscribed')), {
      server: { observer: { requestEnded: (_, { result }) => void order.push(result) } },
    });
    const call = rig.client.call('run');
    await rig.clock.settle();
    rig.client.peer.cancel(call.id);
    await rig.clock.settle();
    expect(order).toEqual(['unsubscribed', 'cancelled']);
    expect(call.end).toBe('stopped');
  });

  it('survives an Observable that throws as it is unsubscribed', async () => {
    const { call } = await cancelled(
      () =>
        new Observable(() => () => {
          throw new Error('in teardown');
        }),
    );
    expect(call.end).toBe('stopped');
  });

  it('does not ask a stream for values that a promise brings too late', async () => {
    const gate = new Deferred();
    const seen: string[] = [];
    const late = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: seen.push('next') }),
        return: () => Promise.resolve({ done: true as const, value: seen.push('return') }),
      }),
    };
    const { call, clock } = await cancelled(async () => {
      await gate.promise;
      return late;
    });
    gate.resolve();
    await clock.settle();
    expect(seen).toEqual(['return']);
    expect(call.end).toBe('stopped');
  });

  it.each<[string, () => unknown]>([
    ['an Observable', () => NEVER],
    ['a generator', () => [1].values()],
    ['a value', () => 1],
  ])('drops %s that a promise brings too late', async (_, result) => {
    const gate = new Deferred();
    const { call, clock } = await cancelled(async () => {
      await gate.promise;
      return result();
    });
    gate.resolve();
    await clock.settle();
    expect(call).toMatchObject({ end: 'stopped', values: [] });
  });

  it('sends nothing a handler still says', async () => {
    const gate = new Deferred();
    const { call, clock } = await cancelled(async (_, { print, progress }) => {
      await gate.promise;
      print('late');
      progress({ topic: 'late', pos: 1, total: 1 });
      return 'late';
    });
    gate.resolve();
    await clock.settle();
    expect(call).toMatchObject({ end: 'stopped', values: [], output: [], progress: [] });
  });

  it.each<[string, AnyHandler]>([
    ['the reason', async (_, { signal }) => untilAborted(signal)],
    [
      'an AbortError',
      async (_, { signal }) => untilAborted(signal).catch(() => Promise.reject(new DOMException('', 'AbortError'))),
    ],
  ])('logs nothing of a handler that stops by throwing %s', async (_, handler) => {
    const { call, log } = await cancelled(handler);
    expect(call.end).toBe('stopped');
    expect(log.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('logs another error of a handler that stops, and answers that it stopped', async () => {
    const { call, log } = await cancelled(async (_, { signal }) => {
      await untilAborted(signal).catch(() => undefined);
      throw new Error('in clean-up');
    });
    expect(call.end).toBe('stopped');
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([
      { fields: { err: { message: 'in clean-up' } } },
    ]);
  });
});

describe('SPEC 8.6.4 a cancelled command', () => {
  it('that had finished is reported so, and what still waited is dropped', async () => {
    const { client, clock, server } = await serveOne(() => ['x'.repeat(600), 'y'.repeat(600)].values(), {
      client: { limits: { answerCredit: 1_024 } },
    });
    client.taking = false;
    const call = client.call('run');
    await clock.settle();
    expect(server.counters.requests.open).toBe(0);
    client.peer.cancel(call.id);
    await clock.settle();
    expect(call).toMatchObject({ end: 'finished', values: ['x'.repeat(600)] });
  });
});

describe('SPEC 8.6.4 a command that does not stop', () => {
  it('is reported as left behind after 5 s, and not a moment earlier', async () => {
    const gate = new Deferred();
    const { call, clock, server, log } = await cancelled(() => gate.promise);
    await clock.advance(4_999);
    expect(call.end).toBeUndefined();
    expect(server.snapshot().requests).toMatchObject([{ state: 'stopping' }]);
    await clock.advance(1);
    expect(call.end).toBe('left');
    expect(server.snapshot().requests).toMatchObject([{ state: 'left' }]);
    expect(log.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { command: 'run', requestId: 1 } }]);
  });

  it('counts as open until it returns', async () => {
    const gate = new Deferred();
    const rig = await serveOne(({ wait }) => (wait === true ? gate.promise : 1), {
      server: { limits: { openRequests: 1 } },
    });
    const left = rig.client.call('run', { wait: true });
    await rig.clock.settle();
    rig.client.peer.cancel(left.id);
    await rig.clock.advance(5_000);
    expect(left.end).toBe('left');

    const refused = rig.client.call('run');
    await rig.clock.settle();
    expect(refused.end).toBe('too-many-requests');

    gate.resolve();
    await rig.clock.settle();
    expect(rig.server.snapshot().requests).toEqual([]);
    const accepted = rig.client.call('run');
    await rig.clock.settle();
    expect(accepted.end).toBe('ended');
  });

  it('is not reported if it stops in time', async () => {
    const gate = new Deferred();
    const { call, clock, log } = await cancelled(() => gate.promise);
    await clock.advance(4_999);
    gate.resolve();
    await clock.advance(10_000);
    expect(call.end).toBe('stopped');
    expect(log.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});

describe('a connection that is lost', () => {
  it.each<[string, (rig: Rig) => void]>([
    ['dropped by the network', ({ clientTransport }) => clientTransport.terminate()],
    ['closed by the client', ({ client }) => client.link.close(1000, 'bye')],
    ['closed by the server', ({ server }) => server.close(1012, 'restart')],
  ])('stops every handler when %s', async (_, lose) => {
    const reasons: unknown[] = [];
    let unsubscribed = 0;
    const rig = await serveOne(({ how }, { signal }) => {
      signal.addEventListener('abort', () => reasons.push((signal.reason as WiremuxError).code));
      if (how !== 'observable') return untilAborted(signal);
      return new Observable(() => () => {
        unsubscribed += 1;
      });
    });
    rig.client.call('run', { how: 'observable' });
    rig.client.call('run', { how: 'promise' });
    await rig.clock.settle();
    lose(rig);
    await rig.clock.settle();
    expect(reasons).toEqual(['connection-lost', 'connection-lost']);
    expect(unsubscribed).toBe(1);
    expect(rig.server.snapshot().requests).toEqual([]);
    expect(rig.server.counters.requests).toEqual({ open: 0, total: 2, failed: 0 });
  });

  it('leaves a handler that does not stop in the log only', async () => {
    const gate = new Deferred();
    const rig = await serveOne(() => gate.promise);
    rig.client.call('run');
    await rig.clock.settle();
    rig.clientTransport.terminate();
    await rig.clock.advance(5_000);
    expect(rig.server.counters.requests.open).toBe(1);
    expect(rig.log.filter(({ level }) => level === 'warn')).toHaveLength(1);
    gate.resolve();
    await rig.clock.settle();
    expect(rig.server.counters.requests.open).toBe(0);
  });

  it('SPEC 5.9 fires the signal in a dialect without cancel', async () => {
    let reason: unknown;
    const rig = await serveOne(
      (_, { signal }) =>
        untilAborted(signal).catch((thrown: unknown) => {
          reason = thrown;
        }),
      {
        dialect: 'exp-framing-0006',
      },
    );
    const call = rig.client.call('run');
    await rig.clock.settle();
    rig.client.peer.cancel(call.id);
    await rig.clock.settle();
    expect(reason).toBeUndefined();
    rig.clientTransport.terminate();
    await rig.clock.settle();
    expect(reason).toMatchObject({ code: 'connection-lost' });
  });
});

describe('SPEC 8.6.3 a cancel that comes along with its request', () => {
  it.each(['answer', 'nobody'])('is proved: %s', async (name) => {
    const clock = new VirtualClock();
    const dialect = knownDialect('wiremux.1');
    const [near, far] = memoryTransportPair(clock);
    const commands = implement(defineCommands({ answer: command() }), { answer: () => 1 });
    serveConnection({ transport: near, clock, dialect, commands });
    const peer = new Peer({ role: 'client', dialect, now: 0 });
    const take = (): Uint8Array[] => peer.takeBytes(0) ?? [];
    far.start({ bytes: (chunk) => peer.receiveBytes(chunk, 0), drain: () => undefined, closed: () => undefined });
    far.send(take());
    await clock.settle();
    const id = peer.open({ name });
    const request = take();
    peer.cancel(id);
    far.send([...request, ...take()]);
    await clock.settle();
    expect(peer.takeEvents()).toContainEqual(expect.objectContaining({ kind: 'stopped', id }));
  });
});
