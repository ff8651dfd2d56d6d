import { dialectByName, Peer, Responder } from '@wiremux/framing';
import { memoryTransportPair, VirtualClock } from '@wiremux/framing/testing';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connect } from '../src/connect.js';
import { TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

const names = (gateway: TestGateway): string[] => gateway.end.all('request').map(({ name }) => name);

describe('requests that wait', () => {
  it('go out in order when the connection opens', async () => {
    const gateway = new TestGateway();
    const mux = gateway.connect();
    for (const name of ['a', 'b', 'c']) record(mux.call(name));
    await gateway.settle();
    expect(names(gateway)).toEqual(['a', 'b', 'c']);
  });

  it('survive attempts that fail', async () => {
    const gateway = new TestGateway();
    gateway.down = new Error('down');
    const mux = gateway.connect();
    const answer = record(mux.call('a'));
    await gateway.clock.advance(1_000);
    expect(answer.error).toBeUndefined();
    gateway.down = undefined;
    await gateway.clock.advance(30_000);
    expect(names(gateway)).toEqual(['a']);
  });

  it('send nothing when they are cancelled', async () => {
    const gateway = new TestGateway();
    const mux = gateway.connect();
    const given = record(mux.call('given up'));
    record(mux.call('kept'));
    given.subscription.unsubscribe();
    await gateway.settle();
    expect(names(gateway)).toEqual(['kept']);
  });

  it('are bounded by `maxQueued`', async () => {
    const gateway = new TestGateway();
    const mux = gateway.connect({ maxQueued: 2 });
    const answers = ['a', 'b', 'c'].map((name) => record(mux.call(name)));
    expect(answers.map(({ error }) => error?.code)).toEqual([undefined, undefined, 'too-many-requests']);
    await gateway.settle();
    expect(names(gateway)).toEqual(['a', 'b']);
    record(mux.call('d'));
    await gateway.settle();
    expect(names(gateway)).toEqual(['a', 'b', 'd']);
  });

  it('SPEC 8.4.10 wait for an open request to end, where the gateway allows no more', async () => {
    const gateway = new TestGateway();
    gateway.limits = { openRequests: 2 };
    const mux = await gateway.open();
    for (const name of ['a', 'b', 'c', 'd']) record(mux.call(name));
    await gateway.settle();
    expect(names(gateway)).toEqual(['a', 'b']);
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(names(gateway)).toEqual(['a', 'b', 'c']);
    gateway.end.peer.endAnswer(3);
    await gateway.settle();
    expect(names(gateway)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('fail with the reason when there will be no connection', async () => {
    const gateway = new TestGateway();
    gateway.down = new Error('down');
    const mux = gateway.connect({ reconnect: false });
    const waiting = record(mux.call('a'));
    await gateway.settle();
    const late = record(mux.call('b'));
    expect([waiting.error?.code, late.error?.code]).toEqual(['connect-failed', 'connect-failed']);
  });

  it('fail with `closed` after close()', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const running = record(mux.call('a'));
    await gateway.settle();
    mux.close();
    const late = record(mux.call('b'));
    expect([running.error?.code, late.error?.code]).toEqual(['closed', 'closed']);
  });
});

describe('requests in flight', () => {
  it('fail with `connection-lost` when the connection does, others go on with the next', async () => {
    const gateway = new TestGateway();
    gateway.limits = { openRequests: 1 };
    const mux = await gateway.open();
    const [inFlight, queued] = [record(mux.call('a')), record(mux.call('b'))];
    await gateway.settle();
    gateway.end.transport.terminate();
    await gateway.settle();
    expect(inFlight.error?.code).toBe('connection-lost');
    expect(queued.error).toBeUndefined();
    await gateway.clock.advance(250);
    expect(names(gateway)).toEqual(['b']);
    gateway.end.peer.endAnswer(gateway.end.newest);
    await gateway.settle();
    expect(queued.completed).toBe(true);
  });

  it('may be made again by the one who sees them fail', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    let again: Promise<unknown> | undefined;
    mux.call('a').subscribe({
      error: () => {
        again = firstValueFrom(mux.call('a'));
      },
    });
    await gateway.settle();
    gateway.end.transport.terminate();
    await gateway.clock.advance(250);
    gateway.end.peer.sendValue(gateway.end.newest, 42);
    await gateway.settle();
    expect(await again).toBe(42);
  });

  it('that cannot be encoded fail by themselves', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const [bad, good] = [record(mux.call('a', { call: () => 1 })), record(mux.call('b'))];
    await gateway.settle();
    expect(bad.error?.code).toBe('unsupported');
    expect(good.error).toBeUndefined();
    expect(names(gateway)).toEqual(['b']);
  });
});

describe('SPEC 8.4.1 requests of the gateway', () => {
  it('are answered `unknown-command`', async () => {
    const gateway = new TestGateway();
    await gateway.open();
    const { peer } = gateway.end;
    const id = peer.open({ name: 'reload', hasData: true });
    peer.sendData(id, new Uint8Array(100));
    await gateway.settle();
    expect(gateway.end.all('failed')).toMatchObject([{ id, error: { code: 'unknown-command' } }]);
  });

  it('SPEC 8.6.3 are proved stopped when their cancel comes along with them', async () => {
    const clock = new VirtualClock();
    const [near, far] = memoryTransportPair(clock);
    const peer = new Peer({ role: 'server', responder: Responder, dialect: dialectByName('wiremux.1'), now: 0 });
    const take = (): Uint8Array[] => peer.takeBytes(0) ?? [];
    far.start({ bytes: (chunk) => peer.receiveBytes(chunk, 0), drain: () => undefined, closed: () => undefined });
    connect('ws://gateway.test/mux', { clock, transport: async () => Object.assign(near, { protocol: 'wiremux.1' }) });
    await clock.settle();
    far.send(take());
    await clock.settle();
    const id = peer.open({ name: 'reload' });
    const request = take();
    peer.cancel(id);
    far.send([...request, ...take()]);
    await clock.settle();
    expect(peer.takeEvents()).toContainEqual({ kind: 'stopped', id, result: 'stopped' });
  });
});
