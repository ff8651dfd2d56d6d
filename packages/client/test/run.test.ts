import { EXP_FRAMING_0006, peerStats, WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import type { RequestState } from '../src/request-state.js';
import { TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

const names = (states: readonly RequestState[]): string[] => states.map(({ state }) => state);

describe('SPEC 8.4 the states of a request', () => {
  it('are idle, queued, sent, answering and ended, for one that completes', async () => {
    const gateway = new TestGateway();
    const request = gateway.connect().request('rows');
    const states = record(request.state$);
    expect(names(states.values)).toEqual(['idle']);
    record(request.values$);
    expect(names(states.values)).toEqual(['idle', 'queued']);
    await gateway.settle();
    expect(names(states.values)).toEqual(['idle', 'queued', 'sent']);
    gateway.end.peer.sendValue(1, 'row');
    await gateway.settle();
    expect(names(states.values)).toEqual(['idle', 'queued', 'sent', 'answering']);
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(states.values.at(-1)).toEqual({ state: 'ended', how: 'completed' });
    expect(states.completed).toBe(true);
  });

  it('end with the error of one that fails', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const request = mux.request('no-such');
    const [values, states] = [record(request.values$), record(request.state$)];
    await gateway.settle();
    gateway.end.peer.failAnswer(1, new WiremuxError('unknown-command', 'There is no command `no-such`.'));
    await gateway.settle();
    expect(values.error).toMatchObject({ code: 'unknown-command', message: 'There is no command `no-such`.' });
    expect(states.values.at(-1)).toEqual({ state: 'ended', how: 'failed', error: values.error });
  });

  it.each(['stopped', 'finished', 'left'] as const)('pass through stopping when cancelled: %s', async (result) => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const request = mux.request('watch');
    const [values, states] = [record(request.values$), record(request.state$)];
    await gateway.settle();
    values.subscription.unsubscribe();
    expect(names(states.values)).toEqual(['sent', 'stopping']);
    await gateway.settle();
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1, error: { code: 'aborted' } }]);
    gateway.end.peer.stopped(1, result);
    await gateway.settle();
    expect(states.values.at(-1)).toEqual({ state: 'ended', how: 'cancelled', result });
  });

  it('say `finished` when the end of the answer crossed the cancel', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const request = mux.request('watch');
    const [values, states] = [record(request.values$), record(request.state$)];
    await gateway.settle();
    gateway.end.transport.stalled = true;
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    values.subscription.unsubscribe();
    gateway.end.transport.release();
    await gateway.settle();
    expect(states.values.at(-1)).toEqual({ state: 'ended', how: 'cancelled', result: 'finished' });
  });

  it('say `failed` when the connection was lost before the proof came', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const request = mux.request('watch');
    const [values, states] = [record(request.values$), record(request.state$)];
    await gateway.settle();
    values.subscription.unsubscribe();
    gateway.end.transport.terminate();
    await gateway.settle();
    expect(states.values.at(-1)).toMatchObject({ state: 'ended', how: 'failed', error: { code: 'connection-lost' } });
    expect(values.error).toBeUndefined();
  });

  it.each(['queued', 'sent', 'answering'])('may make their watcher abort: when %s', async (last) => {
    const gateway = new TestGateway();
    const mux = gateway.connect();
    const abort = new AbortController();
    const request = mux.request('watch', {}, { signal: abort.signal });
    const states = record(request.state$);
    request.state$.subscribe(({ state }) => state === last && abort.abort());
    const values = record(request.values$);
    await gateway.settle();
    if (last === 'answering') {
      gateway.end.peer.sendValue(1, 'a');
      await gateway.settle();
      gateway.end.peer.stopped(1);
      await gateway.settle();
    }
    expect(values).toMatchObject({ values: [], error: { code: 'aborted' } });
    expect(states.values.at(-1)).toMatchObject({ state: 'ended', how: 'cancelled', result: 'stopped' });
    expect(gateway.end.all('request')).toHaveLength(last === 'answering' ? 1 : 0);
  });

  it('skip the wire when cancelled in the queue', () => {
    const gateway = new TestGateway();
    const request = gateway.connect().request('watch');
    const [values, states] = [record(request.values$), record(request.state$)];
    values.subscription.unsubscribe();
    expect(states.values.at(-1)).toEqual({ state: 'ended', how: 'cancelled', result: 'stopped' });
  });
});

describe('aborting', () => {
  it('fails with `aborted` at once, and cancels', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const abort = new AbortController();
    const request = mux.request('watch', {}, { signal: abort.signal });
    const [values, states] = [record(request.values$), record(request.state$)];
    await gateway.settle();
    abort.abort('enough');
    expect(values.error).toMatchObject({ code: 'aborted', cause: 'enough' });
    await gateway.settle();
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1, error: { code: 'aborted' } }]);
    gateway.end.peer.stopped(1);
    await gateway.settle();
    expect(states.values.at(-1)).toEqual({ state: 'ended', how: 'cancelled', result: 'stopped', error: values.error });
  });

  it('sends nothing where the signal has aborted before', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = record(mux.call('watch', {}, { signal: AbortSignal.abort() }));
    expect(answer.error?.code).toBe('aborted');
    await gateway.settle();
    expect(gateway.end.all('request')).toEqual([]);
  });

  it('takes a request out of the queue', async () => {
    const gateway = new TestGateway();
    const abort = new AbortController();
    const answer = record(gateway.connect().call('watch', {}, { signal: abort.signal }));
    abort.abort();
    expect(answer.error?.code).toBe('aborted');
    await gateway.settle();
    expect(gateway.end.all('request')).toEqual([]);
  });

  it('does nothing to a request that has ended', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const abort = new AbortController();
    const answer = record(mux.call('rows', {}, { signal: abort.signal }));
    await gateway.settle();
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    abort.abort();
    expect(answer).toMatchObject({ completed: true, error: undefined });
  });

  it('lets go of the signal at the end, so that one signal can serve many requests', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const { signal } = new AbortController();
    let listeners = 0;
    const counting = new Proxy(signal, {
      get(target, key) {
        if (key === 'addEventListener') listeners++;
        if (key === 'removeEventListener') listeners--;
        const member: unknown = Reflect.get(target, key, target);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    record(mux.call('rows', {}, { signal: counting }));
    await gateway.settle();
    expect(listeners).toBe(1);
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(listeners).toBe(0);
  });
});

describe('a deadline', () => {
  it('fails with `timeout` and cancels with `deadline` (SPEC 8.6)', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = record(mux.call('digest', {}, { deadline: 5_000 }));
    await gateway.clock.advance(4_999);
    expect(answer.error).toBeUndefined();
    await gateway.clock.advance(1);
    expect(answer.error).toMatchObject({ code: 'timeout', message: expect.stringContaining('5000 ms') });
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1, error: { code: 'deadline' } }]);
  });

  it('runs while the request waits for a connection', async () => {
    const gateway = new TestGateway();
    gateway.down = new Error('down');
    const answer = record(gateway.connect().call('echo', {}, { deadline: 300 }));
    await gateway.clock.advance(300);
    expect(answer.error?.code).toBe('timeout');
  });

  it('does nothing to a request that has ended', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = record(mux.call('echo', {}, { deadline: 300 }));
    await gateway.settle();
    gateway.end.peer.endAnswer(1);
    await gateway.clock.advance(1_000);
    expect(answer).toMatchObject({ completed: true, error: undefined });
  });

  it.each([1, 2_147_483_647])('may be %d ms', async (deadline) => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    expect(record(mux.call('echo', {}, { deadline })).error).toBeUndefined();
  });

  it.each([0, -1, 1.5, 2_147_483_648, Number.NaN, Number.POSITIVE_INFINITY])('may not be %d ms', async (deadline) => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = record(mux.call('echo', {}, { deadline }));
    expect(answer.error).toMatchObject({ code: 'bad-arguments', message: expect.stringContaining(`${deadline}`) });
    await gateway.settle();
    expect(gateway.end.all('request')).toEqual([]);
  });
});

describe('SPEC 8.11 what a request may ask for', () => {
  it('is its channel and its credit', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    record(mux.call('blob', {}, { channel: 'bulk', credit: 2_048 }));
    await gateway.settle();
    expect(gateway.end.all('request')).toMatchObject([{ name: 'blob', channel: 'bulk', hasData: false }]);
    gateway.end.transport.stalled = true;
    for (let count = 0; count < 8; count++) gateway.end.peer.sendValue(1, new Uint8Array(1_024));
    await gateway.settle();
    expect(gateway.end.peer.inspect(peerStats).requests).toMatchObject([{ channel: 'bulk', bytes: 2_048 }]);
  });
});

describe('SPEC 5.9 exp-framing-0006, which has no cancel', () => {
  it('ends a cancelled request at once, as `left`', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open({ dialects: [EXP_FRAMING_0006] });
    const request = mux.request('watch');
    const [values, states] = [record(request.values$), record(request.state$)];
    await gateway.settle();
    values.subscription.unsubscribe();
    await gateway.settle();
    expect(states.values.at(-1)).toEqual({ state: 'ended', how: 'cancelled', result: 'left' });
    expect(gateway.end.all('cancelled')).toEqual([]);
  });
});
