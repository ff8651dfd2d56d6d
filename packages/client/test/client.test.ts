import { config, firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

describe('call', () => {
  it('sends nothing before it is subscribed to', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = mux.call('echo', { text: 'hello' });
    await gateway.settle();
    expect(gateway.end.all('request')).toEqual([]);
    record(answer);
    await gateway.settle();
    expect(gateway.end.all('request')).toMatchObject([{ name: 'echo', args: { text: 'hello' }, hasData: false }]);
  });

  it('gives the values in order, then completes', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const rows = lastValueFrom(mux.call('rows').pipe(toArray()));
    await gateway.settle();
    for (let id = 0; id < 1_000; id++) gateway.end.peer.sendValue(1, { id });
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(await rows).toEqual(Array.from({ length: 1_000 }, (_, id) => ({ id })));
  });

  it('runs the command once for each subscription', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = mux.call('echo');
    const [first, second] = [record(answer), record(answer)];
    await gateway.settle();
    gateway.end.peer.sendValue(1, 'one');
    gateway.end.peer.sendValue(3, 'three');
    await gateway.settle();
    expect([first.values, second.values]).toEqual([['one'], ['three']]);
  });

  it('cancels when its subscriber leaves, also in the middle of what has arrived', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const two = record(mux.call('rows').pipe(take(2)));
    await gateway.settle();
    for (let id = 0; id < 100; id++) gateway.end.peer.sendValue(1, id);
    await gateway.settle();
    expect(two).toMatchObject({ values: [0, 1], completed: true });
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1 }]);
  });

  it('does not cancel a command whose only value has been taken', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const value = firstValueFrom(mux.call('echo'));
    await gateway.settle();
    gateway.end.peer.sendValue(1, 'one');
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(await value).toBe('one');
    expect(gateway.end.all('cancelled')).toEqual([]);
  });

  it('SPEC 8.5.7 grants credit as its subscriber takes values, without end', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open({ limits: { answerCredit: 4_096 } });
    let received = 0;
    mux.call('blob').subscribe(() => received++);
    await gateway.settle();
    for (let count = 0; count < 64; count++) gateway.end.peer.sendValue(1, new Uint8Array(1_024));
    await gateway.settle();
    expect(received).toBe(64);
  });

  it('keeps the errors of its subscriber away from other requests', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const thrown = new Error('the subscriber is broken');
    const unhandled = new Promise<unknown>((resolve) => {
      config.onUnhandledError = resolve;
    });
    mux.call('a').subscribe(() => {
      throw thrown;
    });
    const other = record(mux.call('b'));
    await gateway.settle();
    gateway.end.peer.sendValue(1, 1);
    gateway.end.peer.sendValue(3, 2);
    await gateway.settle();
    expect(other.values).toEqual([2]);
    expect(await unhandled).toBe(thrown);
    config.onUnhandledError = null;
  });
});

describe('a client', () => {
  it('can be closed from within an answer', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    mux.call('a').subscribe({ next: (value) => value === 'close' && mux.close(), error: () => undefined });
    const other = record(mux.call('b'));
    await gateway.settle();
    gateway.end.peer.sendValue(3, 1);
    await gateway.settle();
    gateway.end.peer.sendValue(1, 'close');
    gateway.end.peer.sendValue(3, 2);
    await gateway.settle();
    expect(other).toMatchObject({ values: [1], error: { code: 'closed' } });
    expect(gateway.end.closed).toMatchObject({ code: 1000 });
  });
});
