import { EXP_FRAMING_0006 } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import type { ConnectOptions, DataOptions } from '../src/options.js';
import { TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const OTHER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-00';

/** What the gateway is told of a request with these options. */
async function told(options: DataOptions, connect: ConnectOptions = {}) {
  const gateway = new TestGateway();
  const mux = await gateway.open(connect);
  const recording = record(mux.call('run', {}, options));
  await gateway.settle();
  return { request: gateway.end.all('request')[0], error: recording.error };
}

describe('SPEC 8.11.5, 8.11.6 a deadline', () => {
  it('SPEC 8.11.5 tells the gateway what is left of it when the request is sent', async () => {
    const gateway = new TestGateway();
    gateway.hangs = true;
    const mux = gateway.connect();
    record(mux.call('run', {}, { deadline: 1_000 }));
    await gateway.clock.advance(400);
    gateway.answerDials();
    await gateway.settle();
    expect(gateway.end.all('request')).toMatchObject([{ deadlineAt: 1_000 }]);
  });

  it('SPEC 8.11.6 ends it here with `timeout` and cancels it there with `deadline`', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const request = mux.request('run', {}, { deadline: 50 });
    const [values, states] = [record(request.values$), record(request.state$)];
    await gateway.clock.advance(50);
    expect(values.error).toMatchObject({ code: 'timeout' });
    expect(gateway.end.all('cancelled')).toMatchObject([
      { error: { code: 'deadline', message: '"run" did not end within its deadline of 50 ms and was cancelled.' } },
    ]);
    gateway.end.peer.stopped(gateway.end.newest);
    await gateway.settle();
    expect(states.values.at(-1)).toMatchObject({ how: 'cancelled', result: 'stopped', error: { code: 'timeout' } });
  });

  it('SPEC 8.11.6 sends nothing of a request whose time was over before its turn', async () => {
    const gateway = new TestGateway();
    gateway.hangs = true;
    const mux = gateway.connect();
    const recording = record(mux.call('run', {}, { deadline: 50 }));
    await gateway.clock.advance(50);
    gateway.answerDials();
    await gateway.settle();
    expect(recording.error).toMatchObject({ code: 'timeout' });
    expect(gateway.end.all('request')).toEqual([]);
  });

  it.each([0, 1.5, 2_147_483_648])('SPEC 8.11.5 is not %s', async (deadline) => {
    expect(await told({ deadline })).toMatchObject({ request: undefined, error: { code: 'bad-arguments' } });
  });

  it('SPEC 8.11.15 is its own affair in older dialects', async () => {
    const { request } = await told({ deadline: 5 }, { dialects: [EXP_FRAMING_0006] });
    expect(request).toMatchObject({ name: 'run', deadlineAt: undefined });
  });
});

describe('SPEC 8.11.9 a trace', () => {
  it.each<[string, DataOptions, ConnectOptions, string | undefined]>([
    ['of the request', { trace: TRACE }, {}, TRACE],
    ['of the request, made as it begins', { trace: () => TRACE }, {}, TRACE],
    ['of the client', {}, { trace: () => TRACE }, TRACE],
    ['of the request before that of the client', { trace: OTHER }, { trace: () => TRACE }, OTHER],
    ['that is none', { trace: 'none' }, {}, undefined],
    ['where nothing is traced', {}, { trace: () => undefined }, undefined],
  ])('SPEC 8.11.9 goes along: %s', async (_, options, connect, trace) => {
    expect((await told(options, connect)).request).toMatchObject({ name: 'run', trace });
  });
});

describe('SPEC 8.11.10 an idempotency key', () => {
  it('SPEC 8.11.10 goes along as its UTF-8', async () => {
    const { request } = await told({ idempotencyKey: 'schlüssel' });
    expect(request?.idem).toEqual(new TextEncoder().encode('schlüssel'));
  });

  it.each(['', 'k'.repeat(65), 'ü'.repeat(33)])('SPEC 8.11.10 is not "%s"', async (idempotencyKey) => {
    expect(await told({ idempotencyKey })).toMatchObject({ request: undefined, error: { code: 'bad-arguments' } });
  });

  it('SPEC 8.11.15 does not exist in older dialects', async () => {
    const { request, error } = await told({ idempotencyKey: 'k' }, { dialects: [EXP_FRAMING_0006] });
    expect([request, error]).toMatchObject([undefined, { code: 'unsupported' }]);
  });
});
