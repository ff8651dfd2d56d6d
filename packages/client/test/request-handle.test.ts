import { formatOutput, type OutputAtom } from '@wiremux/framing';
import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { RequestHandle } from '../src/request-handle.js';
import { TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

async function openRequest(): Promise<{ gateway: TestGateway; request: RequestHandle<unknown> }> {
  const gateway = new TestGateway();
  const mux = await gateway.open();
  return { gateway, request: mux.request('job') };
}

describe('the values of a request', () => {
  it('send it once, however many subscribe', async () => {
    const { gateway, request } = await openRequest();
    const [first, second] = [record(request.values$), record(request.values$)];
    await gateway.settle();
    expect(gateway.end.all('request')).toHaveLength(1);
    gateway.end.peer.sendValue(1, 'a');
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect([first, second]).toMatchObject([
      { values: ['a'], completed: true },
      { values: ['a'], completed: true },
    ]);
  });

  it('go on while one subscriber is left; the last to leave cancels', async () => {
    const { gateway, request } = await openRequest();
    const [first, second] = [record(request.values$), record(request.values$)];
    await gateway.settle();
    first.subscription.unsubscribe();
    await gateway.settle();
    expect(gateway.end.all('cancelled')).toEqual([]);
    second.subscription.unsubscribe();
    await gateway.settle();
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1 }]);
  });

  it('stop in the middle of what has arrived when the last subscriber leaves', async () => {
    const { gateway, request } = await openRequest();
    const two = record(request.values$.pipe(take(2)));
    await gateway.settle();
    for (let id = 0; id < 10; id++) gateway.end.peer.sendValue(1, id);
    await gateway.settle();
    expect(two.values).toEqual([0, 1]);
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1 }]);
  });

  it('give a subscriber after the end the end only', async () => {
    const { gateway, request } = await openRequest();
    record(request.values$);
    await gateway.settle();
    gateway.end.peer.sendValue(1, 'a');
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(record(request.values$)).toMatchObject({ values: [], completed: true });
    expect(gateway.end.all('request')).toHaveLength(1);
  });

  it('give a subscriber after a cancel an error: the answer is not complete', async () => {
    const { gateway, request } = await openRequest();
    record(request.values$).subscription.unsubscribe();
    await gateway.settle();
    expect(record(request.values$).error).toMatchObject({ code: 'aborted' });
    expect(gateway.end.all('request')).toHaveLength(0);
  });

  it('can be iterated, by demand', async () => {
    const { gateway, request } = await openRequest();
    const progress = record(request.progress$);
    const iterator = request[Symbol.asyncIterator]();
    const first = iterator.next();
    await gateway.settle();
    gateway.end.peer.sendProgress(1, { topic: 'rows', pos: 1, total: 2 });
    gateway.end.peer.sendValue(1, 'a');
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(await first).toEqual({ done: false, value: 'a' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(progress).toMatchObject({ values: [{ topic: 'rows', pos: 1, total: 2 }], completed: true });
  });

  it('have one kind of reader', async () => {
    const { request } = await openRequest();
    record(request.values$);
    expect(() => request[Symbol.asyncIterator]()).toThrow('is being read already');
    const { request: other } = await openRequest();
    other[Symbol.asyncIterator]();
    expect(() => other[Symbol.asyncIterator]()).toThrow('is being read already');
    expect(record(other.values$).error).toMatchObject({ code: 'unsupported' });
  });
});

describe('what a request says beside its values', () => {
  it('can be watched without sending it', async () => {
    const { gateway, request } = await openRequest();
    record(request.progress$);
    record(request.output$);
    record(request.state$);
    await gateway.settle();
    expect(gateway.end.all('request')).toEqual([]);
  });

  it('SPEC 3.6, 3.7 is progress and text, in order', async () => {
    const { gateway, request } = await openRequest();
    const [progress, output] = [record(request.progress$), record(request.output$)];
    record(request.values$);
    await gateway.settle();
    gateway.end.peer.sendProgress(1, { topic: 'rows', pos: 1, total: 3 });
    await gateway.settle();
    gateway.end.peer.sendOutput(1, [{ text: 'read %s rows\n', args: ['3'], labels: [] }]);
    gateway.end.peer.sendProgress(1, { topic: 'rows', pos: -1, total: 3 });
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(progress.values).toEqual([
      { topic: 'rows', pos: 1, total: 3 },
      { topic: 'rows', pos: -1, total: 3 },
    ]);
    expect(output.values.map((atoms: readonly OutputAtom[]) => formatOutput(atoms))).toEqual(['read 3 rows\n']);
    expect([progress.completed, output.completed]).toEqual([true, true]);
  });

  it('SPEC 3.7.2, 8.12.8 has topics that begin and end, at most 64', async () => {
    const { gateway, request } = await openRequest();
    const topics = record(request.topics$);
    record(request.values$);
    await gateway.settle();
    const tell = async (topic: string, pos: number): Promise<unknown> => {
      gateway.end.peer.sendProgress(1, { topic, pos, total: 3 });
      await gateway.settle();
      return topics.values.at(-1)?.map((update) => [update.topic, update.pos]);
    };
    expect(topics.values).toEqual([[]]);
    expect(await tell('a', 1)).toEqual([['a', 1]]);
    expect(await tell('b', 1)).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(await tell('a', 2)).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(await tell('a', -1)).toEqual([['b', 1]]);
    for (let topic = 0; topic < 64; topic++) await tell(`t${topic}`, 0);
    expect(topics.values.at(-1)).toHaveLength(64);
    expect(topics.values.at(-1)?.at(-1)).toMatchObject({ topic: 't62' });
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(topics.values.at(-1)).toEqual([]);
    expect(topics.completed).toBe(true);
  });

  it('completes when the request fails: the error is for the values', async () => {
    const { gateway, request } = await openRequest();
    const [progress, output, values] = [record(request.progress$), record(request.output$), record(request.values$)];
    await gateway.settle();
    gateway.end.transport.terminate();
    await gateway.settle();
    expect(values.error).toMatchObject({ code: 'connection-lost' });
    expect([progress, output]).toMatchObject([
      { completed: true, error: undefined },
      { completed: true, error: undefined },
    ]);
  });

  it('is kept from nobody who comes late: state$ begins with the current one', async () => {
    const { gateway, request } = await openRequest();
    record(request.values$);
    await gateway.settle();
    expect(record(request.state$).values).toEqual([{ state: 'sent' }]);
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(record(request.state$)).toMatchObject({ values: [{ state: 'ended', how: 'completed' }], completed: true });
  });
});
