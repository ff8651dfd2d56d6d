import { CloseCode, type DrainNotice, WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../src/options.js';
import type { GatewayEnd } from './support/gateway.js';
import { TestGateway } from './support/gateway.js';
import { type Recording, record } from './support/record.js';

const NOTICE: DrainNotice = { after: 1_000, jitter: 4_000, reason: 'update' };
/** `after`, and half of `jitter`: what the test's random number makes of it. */
const MOVE_AT = 3_000;

async function openGateway(options: ConnectOptions = {}) {
  const gateway = new TestGateway();
  const mux = gateway.connect(options);
  const status = record(mux.status$);
  await gateway.settle();
  const call = (name = 'run', data?: AsyncIterable<Uint8Array> | Uint8Array): Recording<unknown> =>
    record(mux.call(name, {}, data === undefined ? {} : { data }));
  return { gateway, mux, status, call };
}

async function drain(gateway: TestGateway, notice: DrainNotice = NOTICE): Promise<void> {
  gateway.end.peer.drain(notice);
  await gateway.settle();
}

/** The gateway says that it has not begun a request. */
async function refuse({ peer }: GatewayEnd, id: number, gateway: TestGateway): Promise<void> {
  peer.failAnswer(id, new WiremuxError('draining', 'It was not begun.'));
  await gateway.settle();
}

async function answer({ peer }: GatewayEnd, id: number, value: string, gateway: TestGateway): Promise<void> {
  peer.sendValue(id, value);
  peer.endAnswer(id);
  await gateway.settle();
}

describe('SPEC 8.10.3 a client whose gateway is about to leave', () => {
  it('opens another connection after a time of which a part is random, without requests too', async () => {
    const { gateway } = await openGateway();
    await drain(gateway);
    await gateway.clock.advance(MOVE_AT - 1);
    expect(gateway.ends).toHaveLength(1);
    await gateway.clock.advance(1);
    expect(gateway.ends).toHaveLength(2);
  });

  it.each([
    [0, 1_000],
    [0.999, 4_996],
  ])('is spread over the time that `jitter` says: %f of it', async (random, at) => {
    const { gateway } = await openGateway({ random: () => random });
    await drain(gateway);
    await gateway.clock.advance(6_000);
    expect(gateway.dials[1]?.at).toBe(at);
  });

  it('says so in its status, until it has moved', async () => {
    const { gateway, status } = await openGateway();
    await drain(gateway);
    expect(status.values.at(-1)).toMatchObject({ state: 'open', leaving: { moveIn: MOVE_AT, reason: 'update' } });
    await gateway.clock.advance(MOVE_AT);
    expect(status.values.at(-1)).toEqual({
      state: 'open',
      transport: 'websocket',
      dialect: 'wiremux.1',
      agent: 'gateway/1',
      resumable: false,
    });
    expect(status.values.map(({ state }) => state)).toEqual(['connecting', 'open', 'open', 'open']);
  });

  it('says no reason where there is none', async () => {
    const { gateway, status } = await openGateway();
    await drain(gateway, { after: 0, jitter: 0 });
    expect(status.values[2]).toMatchObject({ leaving: { moveIn: 0 } });
  });

  it('SPEC 8.10.1 moves once, however often it is told', async () => {
    const { gateway } = await openGateway();
    await drain(gateway);
    await drain(gateway, { after: 0, jitter: 0 });
    await gateway.clock.advance(60_000);
    expect(gateway.ends).toHaveLength(2);
  });

  it('goes on as before until then', async () => {
    const { gateway, call } = await openGateway();
    await drain(gateway);
    const one = call();
    await gateway.settle();
    await answer(gateway.end, gateway.end.newest, 'here', gateway);
    expect(one).toMatchObject({ values: ['here'], completed: true });
  });

  it('sends what comes then over the other connection, and lets what runs end on the old one', async () => {
    const { gateway, call } = await openGateway();
    const before = call();
    await drain(gateway);
    await gateway.clock.advance(MOVE_AT);
    const after = call();
    await gateway.settle();
    const [old, next] = gateway.ends as [GatewayEnd, GatewayEnd];
    expect([old, next].map((end) => end.all('request').length)).toEqual([1, 1]);
    await answer(next, next.newest, 'there', gateway);
    expect(after.values).toEqual(['there']);
    expect(old.closed).toBeUndefined();
    await answer(old, old.newest, 'here', gateway);
    expect(before).toMatchObject({ values: ['here'], completed: true });
    expect(old.closed).toEqual({ code: 1000, reason: '' });
  });

  it('SPEC 8.10.4 keeps the old one for what the gateway asks, too', async () => {
    const { gateway } = await openGateway();
    const [old] = gateway.ends as [GatewayEnd];
    const id = old.peer.open({ name: 'ask', hasData: true });
    await gateway.settle();
    await drain(gateway);
    await gateway.clock.advance(MOVE_AT);
    // It is refused, but lives until its data has ended or been given up.
    expect(old.all('failed')).toMatchObject([{ id, error: { code: 'unknown-command' } }]);
    expect(old.closed).toMatchObject({ code: 1000 });
  });

  it('tries again where the other cannot be opened, later and later, and goes on meanwhile', async () => {
    const { gateway, status, call } = await openGateway();
    await drain(gateway);
    gateway.down = new Error('down');
    await gateway.clock.advance(MOVE_AT + 1_000);
    expect(gateway.dials.map(({ at }) => at)).toEqual([0, 3_000, 3_125, 3_375, 3_875]);
    expect(status.values.at(-1)).toMatchObject({ state: 'open', leaving: {} });
    const one = call();
    await gateway.settle();
    await answer(gateway.end, gateway.end.newest, 'here', gateway);
    expect(one.values).toEqual(['here']);
    gateway.down = undefined;
    await gateway.clock.advance(1_000);
    expect(gateway.ends).toHaveLength(2);
  });

  it('moves also where what is lost stays lost', async () => {
    const { gateway } = await openGateway({ reconnect: false });
    await drain(gateway);
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.ends).toHaveLength(2);
    expect(gateway.ends[0]?.closed).toMatchObject({ code: 1000 });
  });

  it('connects again after a part of `jitter` where it loses the old one before it has another', async () => {
    const { gateway, status } = await openGateway();
    await drain(gateway);
    gateway.end.peer.close(CloseCode.Restart, 'The grace is over.');
    await gateway.settle();
    expect(status.values.at(-1)).toMatchObject({ state: 'waiting', retryIn: 2_000 });
    await gateway.clock.advance(60_000);
    expect(gateway.dials.map(({ at }) => at)).toEqual([0, 2_000]);
  });

  it('is closed with all its connections', async () => {
    const { gateway, mux, call } = await openGateway();
    const one = call();
    await drain(gateway);
    await gateway.clock.advance(MOVE_AT);
    mux.close();
    await gateway.settle();
    expect(one.error).toMatchObject({ code: 'closed' });
    expect(gateway.ends.map(({ closed }) => closed?.code)).toEqual([1000, 1000]);
  });

  it('moves on from the next one too', async () => {
    const { gateway } = await openGateway();
    await drain(gateway);
    await gateway.clock.advance(MOVE_AT);
    await drain(gateway);
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.ends).toHaveLength(3);
  });
});

describe('SPEC 8.10.5 a request that was not begun', () => {
  it('is sent again over the other connection, and its caller hears nothing of it', async () => {
    const { gateway, mux } = await openGateway();
    const run = mux.request('run', { n: 1 });
    const states = record(run.state$);
    const heard = record(run.values$);
    await gateway.settle();
    await drain(gateway);
    const [old] = gateway.ends as [GatewayEnd];
    await refuse(old, old.newest, gateway);
    expect(heard).toMatchObject({ values: [], error: undefined });
    await gateway.clock.advance(MOVE_AT);
    const { name, args } = gateway.end.all('request')[0]!;
    expect({ name, args }).toEqual({ name: 'run', args: { n: 1 } });
    await answer(gateway.end, gateway.end.newest, 'there', gateway);
    expect(heard).toMatchObject({ values: ['there'], completed: true });
    expect(states.values.map(({ state }) => state)).toEqual([
      'idle',
      'queued',
      'sent',
      'queued',
      'sent',
      'answering',
      'ended',
    ]);
    expect(old.all('request')).toHaveLength(1);
  });

  it('has all that comes behind it wait, and goes first', async () => {
    const { gateway, call } = await openGateway();
    call('first');
    call('second');
    await gateway.settle();
    await drain(gateway);
    const [old] = gateway.ends as [GatewayEnd];
    const [one, two] = old.all('request').map(({ id }) => id) as [number, number];
    await refuse(old, one, gateway);
    call('third');
    await refuse(old, two, gateway);
    await gateway.settle();
    expect(old.all('request')).toHaveLength(2);
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.end.all('request').map(({ name }) => name)).toEqual(['first', 'second', 'third']);
  });

  it('goes over the other connection at once where there is one', async () => {
    const { gateway, call } = await openGateway();
    call();
    await drain(gateway);
    await gateway.clock.advance(MOVE_AT);
    const [old, next] = gateway.ends as [GatewayEnd, GatewayEnd];
    await refuse(old, old.newest, gateway);
    expect(next.all('request')).toHaveLength(1);
    expect(old.closed).toMatchObject({ code: 1000 });
  });

  it('waits for the next connection where the old one is lost meanwhile', async () => {
    const { gateway, call } = await openGateway();
    const one = call();
    await drain(gateway);
    await refuse(gateway.end, gateway.end.newest, gateway);
    gateway.end.transport.terminate();
    await gateway.clock.advance(2_000);
    await answer(gateway.end, gateway.end.newest, 'there', gateway);
    expect(one.values).toEqual(['there']);
  });

  it('is not sent again where it was cancelled', async () => {
    const { gateway, call } = await openGateway();
    const one = call();
    await gateway.settle();
    await drain(gateway);
    const [old] = gateway.ends as [GatewayEnd];
    old.peer.failAnswer(old.newest, new WiremuxError('draining', 'It was not begun.'));
    one.subscription.unsubscribe();
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.end.all('request')).toEqual([]);
  });

  it('can be cancelled while it waits', async () => {
    const { gateway, call } = await openGateway();
    const one = call();
    await gateway.settle();
    await drain(gateway);
    await refuse(gateway.end, gateway.end.newest, gateway);
    one.subscription.unsubscribe();
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.end.all('request')).toEqual([]);
  });

  it('fails with the client', async () => {
    const { gateway, mux, call } = await openGateway();
    const one = call();
    await gateway.settle();
    await drain(gateway);
    await refuse(gateway.end, gateway.end.newest, gateway);
    mux.close();
    expect(one.error).toMatchObject({ code: 'closed' });
  });

  it('SPEC 8.11.8 has the time that is left of its deadline', async () => {
    const { gateway, mux } = await openGateway();
    const one = record(mux.call('run', {}, { deadline: 10_000 }));
    await gateway.settle();
    await drain(gateway);
    await refuse(gateway.end, gateway.end.newest, gateway);
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.end.all('request')[0]?.deadlineAt).toBe(10_000);
    await gateway.clock.advance(7_000);
    expect(one.error).toMatchObject({ code: 'timeout' });
  });

  it('is an error where the gateway has not said that it leaves', async () => {
    const { gateway, call } = await openGateway();
    const one = call();
    await gateway.settle();
    await refuse(gateway.end, gateway.end.newest, gateway);
    expect(one.error).toMatchObject({ code: 'draining' });
  });

  it('is an error where it had begun to answer', async () => {
    const { gateway, call } = await openGateway();
    const one = call();
    await drain(gateway);
    const { peer, newest } = gateway.end;
    peer.sendValue(newest, 1);
    await gateway.settle();
    await refuse(gateway.end, newest, gateway);
    expect(one).toMatchObject({ values: [1], error: { code: 'draining' } });
  });
});

describe('SPEC 8.10.5 an upload that was not begun', () => {
  async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
    for (let piece = 0; piece < count; piece++) yield new Uint8Array(size).fill(piece);
  }

  it.each([
    ['bytes', () => new Uint8Array(100_000).fill(7), 100_000],
    ['what can be read once', () => pieces(30, 10_000), 300_000],
  ])('begins again with all of its data: %s', async (_, source, size) => {
    const { gateway, call } = await openGateway();
    call('run', source());
    await gateway.settle();
    await drain(gateway);
    const [old] = gateway.ends as [GatewayEnd];
    expect(old.data(old.newest).length).toBeGreaterThan(0);
    await refuse(old, old.newest, gateway);
    await gateway.clock.advance(MOVE_AT);
    const { end } = gateway;
    const id = end.newest;
    for (let taken = 0; taken < size; ) {
      const came = end.data(id).length;
      end.peer.dataTaken(id, came - taken);
      taken = came;
      await gateway.settle();
    }
    expect(end.all('data-end')).toHaveLength(1);
    const first = end.data(id);
    expect(first.length).toBe(size);
    expect(first[0]).toBe(source === undefined ? 0 : first[0]);
    expect(old.closed).toMatchObject({ code: 1000 });
  });

  it('is an error where more was read than is kept', async () => {
    const { gateway, call } = await openGateway();
    const one = call('run', pieces(100, 10_000));
    await gateway.settle();
    const { peer, newest } = gateway.end;
    for (let taken = 0; taken < 400_000; ) {
      const came = gateway.end.data(newest).length;
      peer.dataTaken(newest, came - taken);
      taken = came;
      await gateway.settle();
    }
    await drain(gateway);
    await refuse(gateway.end, newest, gateway);
    expect(one.error).toMatchObject({ code: 'draining' });
  });
});

describe('SPEC 8.10.6 the address to move to', () => {
  it('is followed on the same host, and left again where nobody is there', async () => {
    const { gateway } = await openGateway();
    await drain(gateway, { ...NOTICE, at: 'ws://gateway.test:99/other' });
    gateway.down = new Error('down');
    await gateway.clock.advance(MOVE_AT + 125);
    gateway.down = undefined;
    await gateway.clock.advance(250);
    expect(gateway.dials.slice(1).map(({ url }) => url)).toEqual([
      'ws://gateway.test:99/other',
      'ws://gateway.test/mux',
      'ws://gateway.test:99/other',
    ]);
    gateway.end.transport.terminate();
    await gateway.clock.advance(250);
    expect(gateway.dials.at(-1)?.url).toBe('ws://gateway.test/mux');
  });

  it.each([
    [undefined, 'ws://gateway.test/mux'],
    [['other.test'], 'ws://other.test/mux'],
  ])('is on another host only if that was given: %s', async (hosts, url) => {
    const { gateway } = await openGateway({ hosts });
    await drain(gateway, { ...NOTICE, at: 'ws://other.test/mux' });
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.dials[1]?.url).toBe(url);
  });

  it('is judged by the hosts that were given when it is said by one of them', async () => {
    const { gateway } = await openGateway({ hosts: ['other.test'] });
    await drain(gateway, { ...NOTICE, at: 'other.test' });
    await gateway.clock.advance(MOVE_AT);
    await drain(gateway, { ...NOTICE, at: 'gateway.test:7' });
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.dials.map(({ url }) => url)).toEqual([
      'ws://gateway.test/mux',
      'ws://other.test/mux',
      'ws://gateway.test/mux',
    ]);
  });
});

describe('SPEC 8.10.3 many clients', () => {
  it('come over the whole time, not all at once', async () => {
    const gateway = new TestGateway();
    let seed = 1;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let client = 0; client < 200; client++) gateway.connect({ random });
    await gateway.settle();
    for (const { peer } of [...gateway.ends]) peer.drain({ after: 0, jitter: 10_000 });
    await gateway.clock.advance(10_000);
    const moves = gateway.dials.slice(200).map(({ at }) => at);
    expect(moves).toHaveLength(200);
    for (let second = 0; second < 10; second++) {
      const inIt = moves.filter((at) => at >= second * 1_000 && at < (second + 1) * 1_000).length;
      expect(inIt).toBeGreaterThan(5);
      expect(inIt).toBeLessThan(40);
    }
  });
});
