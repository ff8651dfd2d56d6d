import { type Dialect, EXP_FRAMING_0006 } from '@wiremux/framing';

import { describe, expect, it } from 'vitest';
import type { DataOptions } from '../src/options.js';
import type { RequestHandle } from '../src/request-handle.js';
import { TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

async function openRequest(
  options: DataOptions,
  dialect?: Dialect,
): Promise<{ gateway: TestGateway; request: RequestHandle<unknown> }> {
  const gateway = new TestGateway();
  const mux = await gateway.open(dialect === undefined ? {} : { dialects: [dialect] });
  return { gateway, request: mux.request('job', {}, options) };
}

describe('SPEC 8.11.18 values that the client has and that are not taken', () => {
  it('are the newest, and all others are counted, at both ends', async () => {
    const { gateway, request } = await openRequest({ slow: 'latest' });
    const dropped = record(request.dropped$);
    const progress = record(request.progress$);
    const values = request[Symbol.asyncIterator]();
    const first = values.next();
    await gateway.settle();
    const { peer } = gateway.end;
    peer.sendValue(1, 0);
    await gateway.settle();
    expect(await first).toEqual({ done: false, value: 0 });
    for (let value = 1; value <= 9; value++) {
      peer.sendValue(1, value);
      if (value % 3 === 0) await gateway.settle();
    }
    peer.endAnswer(1);
    await gateway.settle();
    expect(await values.next()).toEqual({ done: false, value: 9 });
    expect(await values.next()).toEqual({ done: true, value: undefined });
    expect(dropped).toMatchObject({ completed: true });
    expect(dropped.values[0]).toEqual({ gateway: 0, client: 0 });
    expect(dropped.values.at(-1)).toEqual({ gateway: 6, client: 2 });
    expect(progress.values).toEqual([]);
  });

  it('SPEC 8.11.22 give their credit back as they are dropped', async () => {
    const { gateway, request } = await openRequest({ slow: 'latest', credit: 1_024 });
    const values = request[Symbol.asyncIterator]();
    const first = values.next();
    await gateway.settle();
    let sent = 0;
    for (; sent < 100; sent++) {
      gateway.end.peer.sendValue(1, [sent, 'x'.repeat(500)]);
      await gateway.settle();
    }
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(await first).toMatchObject({ value: [0, expect.anything()] });
    expect(await values.next()).toMatchObject({ value: [99, expect.anything()] });
  });

  it('are kept with `drop`, as many as it says', async () => {
    const { gateway, request } = await openRequest({ slow: 'drop', keep: 3 });
    const values = request[Symbol.asyncIterator]();
    void values.next();
    await gateway.settle();
    for (let value = 0; value < 10; value++) {
      gateway.end.peer.sendValue(1, value);
      await gateway.settle();
    }
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    const rest: unknown[] = [];
    for await (const value of { [Symbol.asyncIterator]: () => values }) rest.push(value);
    expect(rest).toEqual([7, 8, 9]);
    expect(record(request.dropped$).values).toEqual([{ gateway: 0, client: 6 }]);
  });

  it('SPEC 8.11.19 end the request with `fail`, and the gateway is told why', async () => {
    const { gateway, request } = await openRequest({ slow: 'fail', keep: 2 });
    const values = request[Symbol.asyncIterator]();
    const first = values.next();
    await gateway.settle();
    for (let value = 0; value < 4; value++) {
      gateway.end.peer.sendValue(1, value);
      await gateway.settle();
    }
    expect(await first).toMatchObject({ value: 0 });
    await expect(values.next()).rejects.toMatchObject({ code: 'slow-reader' });
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1, error: { code: 'slow-reader' } }]);
  });

  it('are all given to who takes byte strings in pieces', async () => {
    const { gateway, request } = await openRequest({ slow: 'latest' });
    const parts = request.parts();
    const first = parts.next();
    await gateway.settle();
    for (let value = 0; value < 5; value++) {
      gateway.end.peer.sendValue(1, value);
      await gateway.settle();
    }
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    const rest: unknown[] = [];
    await first;
    for await (const part of parts) rest.push(part);
    expect(rest).toHaveLength(4);
  });

  it('SPEC 8.11.15 are dropped by the client alone in older dialects', async () => {
    const { gateway, request } = await openRequest({ slow: 'latest' }, EXP_FRAMING_0006);
    const values = request[Symbol.asyncIterator]();
    void values.next();
    await gateway.settle();
    for (let value = 0; value < 5; value++) gateway.end.peer.sendValue(1, value);
    await gateway.settle();
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(record(request.dropped$).values).toEqual([{ gateway: 0, client: 4 }]);
  });

  it('are observed as they come by subscribers that are quick', async () => {
    const { gateway, request } = await openRequest({ slow: 'latest' });
    const seen = record(request.values$);
    await gateway.settle();
    for (let value = 0; value < 5; value++) {
      gateway.end.peer.sendValue(1, value);
      await gateway.settle();
    }
    expect(seen.values).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('SPEC 8.11.16 options that are none', () => {
  it.each([{ slow: 'never' as never }, { slow: 'drop' as const, keep: 0 }, { keep: 65_537 }])(
    'fail the request: %j',
    async (options) => {
      const { gateway, request } = await openRequest(options);
      const seen = record(request.values$);
      await gateway.settle();
      expect(seen.error).toMatchObject({ code: 'bad-arguments' });
      expect(gateway.end.all('request')).toEqual([]);
    },
  );
});
