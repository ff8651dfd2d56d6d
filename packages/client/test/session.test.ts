import { CloseCode, EXP_FRAMING_0006 } from '@wiremux/framing';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../src/options.js';
import { type GatewayEnd, SESSION_TTL, TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

/** A gateway with sessions, a client of it, and the gateway's end that keeps the client's session. */
async function opened(options: ConnectOptions = {}) {
  const gateway = new TestGateway();
  gateway.sessions = new Map();
  const mux = await gateway.open(options);
  return { gateway, mux, end: gateway.end };
}

/** The network takes the newest transport away. */
async function cut(gateway: TestGateway): Promise<void> {
  gateway.end.transport.terminate();
  await gateway.settle();
}

function streamOf(pieces: AsyncIterable<Uint8Array, undefined>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { value }: IteratorResult<Uint8Array, undefined> = await iterator.next();
      if (value === undefined) controller.close();
      else controller.enqueue(value);
    },
  });
}

function answer(end: GatewayEnd, ...values: unknown[]): void {
  for (const value of values) end.peer.sendValue(end.newest, value);
}

describe('SPEC 8.8 whether there is a session', () => {
  it.each<[boolean, ConnectOptions]>([
    [true, {}],
    [false, { session: false }],
    [false, { reconnect: false }],
    [false, { dialects: [EXP_FRAMING_0006] }],
  ])('%s with %j', async (resumable, options) => {
    const { mux } = await opened(options);
    expect(record(mux.status$).values).toMatchObject([{ state: 'open', resumable }]);
  });

  it('is the gateway that decides', async () => {
    const mux = await new TestGateway().open();
    expect(record(mux.status$).values).toMatchObject([{ state: 'open', resumable: false }]);
  });
});

describe('SPEC 8.8 a lost transport', () => {
  it('is replaced, and requests go on where they were', async () => {
    const { gateway, mux, end } = await opened();
    const values = record(mux.call('count'));
    await gateway.settle();
    answer(end, 1, 2);
    await gateway.settle();
    const status = record(mux.status$);
    await cut(gateway);
    answer(end, 3);
    await gateway.clock.advance(124);
    expect(values.values).toEqual([1, 2]);

    await gateway.clock.advance(1);
    answer(end, 4);
    end.peer.endAnswer(end.newest);
    await gateway.settle();
    expect(values).toMatchObject({ values: [1, 2, 3, 4], completed: true });
    expect(status.values.slice(1)).toMatchObject([
      { state: 'resuming', attempt: 1, retryIn: 125, reason: { code: 'connection-lost' } },
      { state: 'resuming', attempt: 1 },
      { state: 'open', resumable: true },
    ]);
    expect(status.values[2]).not.toHaveProperty('retryIn');
  });

  it('is dialled where the session is kept', async () => {
    const { gateway } = await opened();
    await cut(gateway);
    await gateway.clock.advance(1_000);
    expect(gateway.dials.map(({ url }) => url)).toEqual(['ws://gateway.test/mux', 'ws://gateway.test/mux?node=n1']);
  });

  it('is tried again after longer and longer waits, each told with its reason', async () => {
    const { gateway, mux } = await opened();
    const status = record(mux.status$);
    gateway.down = new Error('the line is cut');
    await cut(gateway);
    await gateway.clock.advance(125 + 250);
    expect(status.values.slice(1)).toMatchObject([
      { state: 'resuming', attempt: 1, retryIn: 125, reason: { code: 'connection-lost' } },
      { state: 'resuming', attempt: 1, reason: { code: 'connection-lost' } },
      { state: 'resuming', attempt: 2, retryIn: 250, reason: { code: 'connect-failed' } },
      { state: 'resuming', attempt: 2, reason: { code: 'connect-failed' } },
      { state: 'resuming', attempt: 3, retryIn: 500, reason: { code: 'connect-failed' } },
    ]);
    gateway.down = undefined;
    await gateway.clock.advance(500);
    expect(status.values.at(-1)).toMatchObject({ state: 'open' });

    await cut(gateway);
    expect(status.values.at(-1)).toMatchObject({ state: 'resuming', attempt: 1, retryIn: 125 });
  });

  it('that is lost again before the gateway has answered counts as a try', async () => {
    const { gateway, mux, end } = await opened();
    const values = record(mux.call('count'));
    await gateway.settle();
    await cut(gateway);
    gateway.sessions = undefined;
    gateway.authenticates = true;
    await gateway.clock.advance(125);
    await cut(gateway);
    gateway.authenticates = false;
    gateway.sessions = new Map([[String(new Uint8Array(16).fill(1)), end]]);
    await gateway.clock.advance(250);
    answer(end, 1);
    await gateway.settle();
    expect(values.values).toEqual([1]);
    expect(gateway.dials).toHaveLength(3);
  });

  it('keeps new requests waiting, and they are sent on the next', async () => {
    const { gateway, mux, end } = await opened();
    await cut(gateway);
    const late = record(mux.call('late'));
    await gateway.settle();
    expect(end.all('request')).toEqual([]);
    await gateway.clock.advance(125);
    expect(end.all('request')).toMatchObject([{ name: 'late' }]);
    answer(end, 'here');
    end.peer.endAnswer(end.newest);
    await gateway.settle();
    expect(late).toMatchObject({ values: ['here'], completed: true });
  });

  it('lets a request be cancelled meanwhile', async () => {
    const { gateway, mux, end } = await opened();
    const subscription = mux.call('count').subscribe();
    await gateway.settle();
    await cut(gateway);
    subscription.unsubscribe();
    await gateway.clock.advance(125);
    expect(end.all('cancelled')).toHaveLength(1);
  });

  it('is not replaced once the client was closed', async () => {
    const { gateway, mux } = await opened();
    const values = record(mux.call('count'));
    await gateway.settle();
    await cut(gateway);
    mux.close();
    await gateway.clock.advance(10_000);
    expect(values.error).toMatchObject({ code: 'closed' });
    expect(gateway.dials).toHaveLength(1);
    expect(record(mux.status$).values).toEqual([{ state: 'closed' }]);
  });

  it('is not replaced where another one took the session over', async () => {
    const { gateway, mux, end } = await opened();
    end.transport.close(CloseCode.TakenOver, 'Elsewhere.');
    await gateway.clock.advance(10_000);
    expect(gateway.dials).toHaveLength(1);
    expect(record(mux.status$).values).toMatchObject([{ state: 'closed' }]);
  });

  it('needs a new token where the old one has expired, and is given up where there is none', async () => {
    let issued = 0;
    const { gateway, mux, end } = await opened({ token: () => `t${++issued}` });
    end.transport.close(CloseCode.NotAuthenticated, 'Expired.');
    await gateway.clock.advance(125);
    expect(record(mux.status$).values).toMatchObject([{ state: 'open' }]);
    expect(issued).toBe(2);

    const fixed = await opened({ token: 'fixed' });
    const values = record(fixed.mux.call('count'));
    await fixed.gateway.settle();
    fixed.end.transport.close(CloseCode.NotAuthenticated, 'Expired.');
    await fixed.gateway.settle();
    expect(values.error).toMatchObject({ code: 'session-lost' });
    expect(record(fixed.mux.status$).values).toMatchObject([
      { state: 'closed', reason: { code: 'not-authenticated' } },
    ]);
  });
});

describe('SPEC 8.8 a lost session', () => {
  it('fails its requests, and a new one goes on over the same transport', async () => {
    const { gateway, mux } = await opened();
    const values = record(mux.call('count'));
    await gateway.settle();
    gateway.sessions?.clear();
    await cut(gateway);
    const late = record(mux.call('late'));
    await gateway.clock.advance(125);
    expect(values.error).toMatchObject({ code: 'session-lost' });
    expect(gateway.dials).toHaveLength(2);
    expect(record(mux.status$).values).toMatchObject([{ state: 'open', resumable: true }]);
    answer(gateway.end, 'here');
    await gateway.settle();
    expect(late.values).toEqual(['here']);

    await cut(gateway);
    await gateway.clock.advance(125);
    answer(gateway.ends[1]!, 'still');
    await gateway.settle();
    expect(late.values).toEqual(['here', 'still']);
  });

  it('is given up when the gateway keeps it no longer, and the client connects as it did at first', async () => {
    const { gateway, mux } = await opened({ reconnect: { max: 4_000 } });
    const values = record(mux.call('count'));
    await gateway.settle();
    gateway.down = new Error('the line is cut');
    await cut(gateway);
    await gateway.clock.advance(1_000 * SESSION_TTL - 1_000);
    expect(values.error).toBeUndefined();
    await gateway.clock.advance(4_000);
    expect(values.error).toMatchObject({ code: 'session-lost' });
    expect(record(mux.status$).values).toMatchObject([{ state: 'waiting' }]);
    gateway.down = undefined;
    await gateway.clock.advance(4_000);
    expect(record(mux.status$).values).toMatchObject([{ state: 'open' }]);
    expect(gateway.dials.at(-1)?.url).toBe('ws://gateway.test/mux');
  });
});

describe('SPEC 8.8 a request that may run again', () => {
  /** The session is lost with its transport. */
  async function lose(gateway: TestGateway): Promise<void> {
    gateway.sessions?.clear();
    await cut(gateway);
    await gateway.clock.advance(125);
  }

  it('is sent again in the next session, before those that waited, and its consumer is told', async () => {
    const { gateway, mux, end } = await opened();
    let restarts = 0;
    const run = mux.request('count', {}, { restart: () => void restarts++ });
    const states = record(run.state$);
    const values = record(run.values$);
    await gateway.settle();
    answer(end, 1);
    await gateway.settle();
    gateway.sessions?.clear();
    await cut(gateway);
    record(mux.call('late'));
    await gateway.clock.advance(125);
    const next = gateway.end;
    expect(next.all('request').map(({ name }) => name)).toEqual(['count', 'late']);
    next.peer.sendValue(1, 1);
    next.peer.sendValue(1, 2);
    next.peer.endAnswer(1);
    await gateway.settle();
    expect(values).toMatchObject({ values: [1, 1, 2], completed: true });
    expect(restarts).toBe(1);
    expect(states.values).toMatchObject([
      { state: 'idle' },
      { state: 'queued' },
      { state: 'sent' },
      { state: 'answering' },
      { state: 'restarting', reason: { code: 'session-lost' } },
      { state: 'sent' },
      { state: 'answering' },
      { state: 'ended', how: 'completed' },
    ]);
  });

  it('is sent again where there was no session, too', async () => {
    const { gateway, mux } = await opened({ session: false });
    const values = record(mux.call('count', {}, { restart: true }));
    await gateway.settle();
    await cut(gateway);
    await gateway.clock.advance(125);
    answer(gateway.end, 1);
    await gateway.settle();
    expect(values.values).toEqual([1]);
  });

  it('is not sent again after it was cancelled, nor by a consumer that leaves before', async () => {
    const { gateway, mux } = await opened();
    const cancelled = mux.call('cancelled', {}, { restart: true }).subscribe();
    const left = mux.call('left', {}, { restart: true }).subscribe();
    await gateway.settle();
    cancelled.unsubscribe();
    gateway.sessions?.clear();
    await cut(gateway);
    left.unsubscribe();
    await gateway.clock.advance(125);
    expect(gateway.end.all('request')).toEqual([]);
  });

  it('fails with the client, if that is closed before', async () => {
    const { gateway, mux } = await opened({ session: false });
    const values = record(mux.call('count', {}, { restart: true }));
    await gateway.settle();
    await cut(gateway);
    mux.close();
    await gateway.settle();
    expect(values.error).toMatchObject({ code: 'closed' });
  });

  it('fails where the server says that a connection behind it was lost: that is an answer', async () => {
    const { gateway, mux, end } = await opened();
    const values = record(mux.call('count', {}, { restart: true }));
    await gateway.settle();
    const { WiremuxError } = await import('@wiremux/framing');
    end.peer.failAnswer(end.newest, new WiremuxError('connection-lost', 'Behind.'));
    await gateway.settle();
    expect(values.error).toMatchObject({ code: 'connection-lost' });
  });

  const bytes = new TextEncoder().encode('data');

  /** A Blob is read in turns of the real event loop, as many as it likes. */
  async function uploaded(gateway: TestGateway, end: GatewayEnd): Promise<void> {
    while (end.all('data-end').length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      await gateway.settle();
    }
  }

  it.each([
    ['bytes', bytes],
    ['a Blob', new Blob([bytes])],
    ['an iterable', [bytes]],
  ])('reads its data again: %s', async (_, data) => {
    const { gateway, mux, end } = await opened();
    record(mux.request('digest', {}, { data, restart: true }).values$);
    await uploaded(gateway, end);
    expect(end.data(end.newest)).toEqual(bytes);
    await lose(gateway);
    await uploaded(gateway, gateway.end);
    expect(gateway.end.data(1)).toEqual(bytes);
    expect(gateway.end.all('data-end')).toHaveLength(1);
  });

  it.each([
    ['a stream', (pieces: AsyncIterable<Uint8Array, undefined>) => streamOf(pieces)],
    ['a generator', (pieces: AsyncIterable<Uint8Array, undefined>) => pieces],
    ['an Observable', (pieces: AsyncIterable<Uint8Array, undefined>) => from(pieces)],
  ])('fails where its data cannot be read again, and is kept no longer: %s', async (_, sourceOf) => {
    const { gateway, mux, end } = await opened();
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* pieces(): AsyncGenerator<Uint8Array, undefined> {
      yield bytes;
      await gate;
      yield bytes;
      await new Promise(() => undefined);
    }
    const data = sourceOf(pieces());
    const values = record(mux.request('digest', {}, { data, restart: true }).values$);
    await gateway.clock.advance(10);
    answer(end, 'begun');
    await gateway.settle();
    goOn();
    await gateway.settle();
    await lose(gateway);
    expect(values.error).toMatchObject({ code: 'session-lost' });
  });

  it('fails inside a byte string that is read in pieces', async () => {
    const { gateway, mux, end } = await opened();
    const inside = record(mux.request('blob', {}, { restart: true }).bytes$);
    await gateway.settle();
    end.peer.beginBytes(1, 100);
    end.peer.sendBytes(1, new Uint8Array(10));
    const between = record(mux.request('blob', {}, { restart: true }).bytes$);
    await gateway.settle();
    end.peer.sendValue(3, new Uint8Array(10));
    await gateway.settle();
    await lose(gateway);
    expect(inside.error).toMatchObject({ code: 'session-lost' });
    expect(between.error).toBeUndefined();
    expect(gateway.end.all('request')).toHaveLength(1);
  });

  it('is credited for what came on its new request only', async () => {
    const { gateway, mux, end } = await opened({ limits: { answerCredit: 1_024 } });
    const rows = mux.iterate('rows', {}, { restart: true })[Symbol.asyncIterator]();
    const first = rows.next();
    await gateway.settle();
    answer(end, new Uint8Array(300), new Uint8Array(300), new Uint8Array(300));
    await gateway.settle();
    await first;
    await lose(gateway);
    await rows.next();
    await rows.next();
    await gateway.settle();
    const next = gateway.end;
    answer(next, 'again');
    await gateway.settle();
    expect(await rows.next()).toMatchObject({ value: 'again' });
    expect(next.all('closing')).toEqual([]);
  });
});
