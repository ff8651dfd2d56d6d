import { CloseCode, type DrainNotice } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import type { ConnectOptions, RequestOptions } from '../src/options.js';
import { type GatewayEnd, TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

const NOTICE: DrainNotice = { after: 1_000, jitter: 4_000, reason: 'update' };
/** `after`, and half of `jitter`: what the test's random number makes of it. */
const MOVE_AT = 3_000;
/** When a lost transport is tried again first. */
const RESUME_AT = 125;

/** A client in a session of a gateway that leaves, with one request under way. */
async function leaving(options: ConnectOptions = {}, request: RequestOptions = {}, notice = NOTICE) {
  const gateway = new TestGateway();
  gateway.sessions = new Map();
  const mux = await gateway.open(options);
  const run = record(mux.call('run', {}, request));
  await gateway.settle();
  const old = gateway.end;
  old.peer.drain(notice);
  await gateway.settle();
  return { gateway, mux, run, old };
}

async function answer({ peer }: GatewayEnd, id: number, value: string, gateway: TestGateway): Promise<void> {
  peer.sendValue(id, value);
  peer.endAnswer(id);
  await gateway.settle();
}

describe('SPEC 8.10.3 a client with a session that moves', () => {
  it('asks for another on its next connection, and the old one goes on', async () => {
    const { gateway, mux, run, old } = await leaving();
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.sessions?.size).toBe(2);
    expect(record(mux.status$).values).toMatchObject([{ state: 'open', resumable: true }]);
    await answer(old, old.newest, 'here', gateway);
    expect(run).toMatchObject({ values: ['here'], completed: true });
    expect(old.closed).toEqual({ code: 1000, reason: '' });
  });

  it('SPEC 8.10.4 gets a session back that it has moved from, and leaves that with its last request', async () => {
    const { gateway, mux, run, old } = await leaving();
    await gateway.clock.advance(MOVE_AT);
    const next = gateway.end;
    const status = record(mux.status$);
    old.transport.terminate();
    await gateway.clock.advance(RESUME_AT);
    expect(gateway.ends).toHaveLength(3);
    record(mux.call('late'));
    await gateway.settle();
    expect(next.all('request')).toMatchObject([{ name: 'late' }]);
    await answer(old, old.newest, 'here', gateway);
    expect(run).toMatchObject({ values: ['here'], completed: true });
    expect(old.closed).toEqual({ code: 1000, reason: '' });
    expect(status.values).toHaveLength(1);
  });

  it('says that it moves again, and still does, after it has got its session back', async () => {
    const { gateway, mux, old } = await leaving();
    const status = record(mux.status$);
    await gateway.clock.advance(1_000);
    old.transport.terminate();
    await gateway.clock.advance(RESUME_AT);
    expect(status.values.at(-1)).toMatchObject({
      state: 'open',
      leaving: { moveIn: MOVE_AT - 1_000 - RESUME_AT, reason: 'update' },
    });
    await gateway.clock.advance(MOVE_AT);
    expect(gateway.sessions?.size).toBe(2);
    expect(status.values.at(-1)).not.toHaveProperty('leaving');
  });

  it('SPEC 8.10.6 gets the session that it was sent to back where that is', async () => {
    const notice = { ...NOTICE, at: 'ws://other.test/mux' };
    const { gateway, mux } = await leaving({ hosts: ['other.test'] }, {}, notice);
    await gateway.clock.advance(MOVE_AT);
    const next = gateway.end;
    const late = record(mux.call('late'));
    await gateway.settle();
    next.transport.terminate();
    await gateway.clock.advance(RESUME_AT);
    expect(gateway.dials.map(({ url }) => url)).toEqual([
      'ws://gateway.test/mux',
      'ws://other.test/mux',
      'ws://other.test/mux?node=n1',
    ]);
    await answer(next, next.newest, 'there', gateway);
    expect(late.values).toEqual(['there']);
  });
});

describe('SPEC 8.10.7 a session that ends with the grace of its gateway', () => {
  /** The gateway's grace is over. */
  async function end(old: GatewayEnd, gateway: TestGateway): Promise<void> {
    old.link.close(CloseCode.Restart, 'The grace is over.');
    await gateway.settle();
  }

  it('fails its requests at once, and nobody asks for it again', async () => {
    const { gateway, run, old } = await leaving();
    await gateway.clock.advance(MOVE_AT);
    await end(old, gateway);
    expect(run.error).toMatchObject({ code: 'session-lost' });
    await gateway.clock.advance(60_000);
    expect(gateway.dials).toHaveLength(2);
  });

  it('has those that may run again do so on the connection that the client has moved to, at once', async () => {
    const { gateway, run, old } = await leaving({}, { restart: true });
    await gateway.clock.advance(MOVE_AT);
    const next = gateway.end;
    expect(next.all('request')).toEqual([]);
    await end(old, gateway);
    expect(next.all('request')).toMatchObject([{ name: 'run' }]);
    await answer(next, next.newest, 'there', gateway);
    expect(run).toMatchObject({ values: ['there'], completed: true });
    expect(old.all('request')).toHaveLength(1);
  });

  it('has them do so there, too, where the session was lost in another way', async () => {
    const { gateway, run, old } = await leaving({}, { restart: true });
    await gateway.clock.advance(MOVE_AT);
    const next = gateway.end;
    gateway.sessions?.clear();
    old.transport.terminate();
    await gateway.clock.advance(RESUME_AT);
    expect(next.all('request')).toMatchObject([{ name: 'run' }]);
    expect(gateway.end.all('request')).toEqual([]);
    expect(gateway.end.closed).toMatchObject({ code: 1000 });
    await answer(next, next.newest, 'there', gateway);
    expect(run.values).toEqual(['there']);
  });

  it('is followed by a new connection after a part of `jitter` where there is none yet', async () => {
    const { gateway, mux, run, old } = await leaving({}, { restart: true });
    await end(old, gateway);
    expect(record(mux.status$).values).toMatchObject([{ state: 'waiting', retryIn: 2_000 }]);
    await gateway.clock.advance(2_000);
    await answer(gateway.end, gateway.end.newest, 'there', gateway);
    expect(run.values).toEqual(['there']);
  });
});

describe('SPEC 8.8.13 commands that may run again', () => {
  it.each<[string, ConnectOptions['restart'], RequestOptions['restart'], boolean]>([
    ['those that are named', ['run'], undefined, true],
    ['no others', ['other'], undefined, false],
    ['those that a function says', (name) => name === 'run', undefined, true],
    ['no others than a function says', () => false, undefined, false],
    ['not where the request says no', ['run'], false, false],
    ['where the request says so', undefined, true, true],
    ['none unless it is said', undefined, undefined, false],
  ])('%s', async (_, restart, ofRequest, again) => {
    const gateway = new TestGateway();
    const mux = await gateway.open({ session: false, restart });
    const run = record(mux.call('run', {}, { restart: ofRequest }));
    await gateway.settle();
    gateway.end.transport.terminate();
    await gateway.clock.advance(RESUME_AT);
    expect(gateway.ends).toHaveLength(2);
    expect(gateway.end.all('request')).toHaveLength(again ? 1 : 0);
    expect(run.error === undefined).toBe(again);
  });
});
