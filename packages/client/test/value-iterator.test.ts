import { peerStats, WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { TestGateway } from './support/gateway.js';

const PIECE = new Uint8Array(1_024);
const bytesSent = (gateway: TestGateway): number => gateway.end.peer.inspect(peerStats).requests[0]!.bytes;

describe('iterating', () => {
  it('gives the values in order, then is done', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const rows: unknown[] = [];
    const loop = (async () => {
      for await (const row of mux.iterate('rows', { count: 3 })) rows.push(row);
    })();
    await gateway.settle();
    expect(gateway.end.all('request')).toMatchObject([{ name: 'rows', args: { count: 3 } }]);
    for (const row of ['a', 'b', 'c']) gateway.end.peer.sendValue(1, row);
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    await loop;
    expect(rows).toEqual(['a', 'b', 'c']);
  });

  it('sends nothing before the first next(), and runs anew for each iterator', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const answer = mux.iterate('rows');
    const iterators = [answer[Symbol.asyncIterator](), answer[Symbol.asyncIterator]()];
    await gateway.settle();
    expect(gateway.end.all('request')).toEqual([]);
    const results = iterators.map((iterator) => iterator.next());
    await gateway.settle();
    gateway.end.peer.sendValue(1, 'one');
    gateway.end.peer.sendValue(3, 'three');
    await gateway.settle();
    expect(await Promise.all(results)).toEqual([
      { done: false, value: 'one' },
      { done: false, value: 'three' },
    ]);
  });

  it('SPEC 8.5.6 takes a value only when it is asked for, so that the command waits', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open({ limits: { answerCredit: 4_096 } });
    const iterator = mux.iterate('blob')[Symbol.asyncIterator]();
    const first = iterator.next();
    await gateway.settle();
    for (let count = 0; count < 64; count++) gateway.end.peer.sendValue(1, PIECE);
    await gateway.settle();
    await first;
    const atFirst = bytesSent(gateway);
    expect(atFirst).toBeLessThanOrEqual(8_192);
    for (let count = 0; count < 8; count++) {
      const next = iterator.next();
      await gateway.settle();
      await next;
    }
    expect(bytesSent(gateway)).toBeGreaterThan(atFirst);
    expect(bytesSent(gateway)).toBeLessThan(24 * 1_024);
  });

  it('SPEC 5.1 takes values of a request that has ended from no other that got its id', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open({ limits: { answerCredit: 4_096 } });
    const old = mux.iterate('blob')[Symbol.asyncIterator]();
    const [first, second] = [old.next(), old.next()];
    await gateway.settle();
    for (let count = 0; count < 4; count++) gateway.end.peer.sendValue(1, new Uint8Array(1_000));
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    await Promise.all([first, second]);
    for (let id = 3; id <= 65_535; ) {
      const batch = Math.min(1_000, (65_537 - id) / 2);
      for (let count = 0; count < batch; count++) mux.call('echo').subscribe();
      await gateway.settle();
      for (const last = id + 2 * batch; id < last; id += 2) gateway.end.peer.endAnswer(id);
      await gateway.settle();
    }
    const fresh = mux.iterate('blob')[Symbol.asyncIterator]();
    void fresh.next();
    await gateway.settle();
    expect(gateway.end.newest).toBe(1);
    for (let count = 0; count < 8; count++) gateway.end.peer.sendValue(1, PIECE);
    await gateway.settle();
    const sent = bytesSent(gateway);
    expect(await old.next()).toMatchObject({ done: false });
    expect(await old.next()).toMatchObject({ done: false });
    await gateway.settle();
    expect(bytesSent(gateway)).toBe(sent);
  });

  it('answers calls of next() in the order they came', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const iterator = mux.iterate('rows')[Symbol.asyncIterator]();
    const results = Promise.all([iterator.next(), iterator.next(), iterator.next()]);
    await gateway.settle();
    gateway.end.peer.sendValue(1, 'a');
    gateway.end.peer.sendValue(1, 'b');
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(await results).toEqual([
      { done: false, value: 'a' },
      { done: false, value: 'b' },
      { done: true, value: undefined },
    ]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('throws once, after the values that came before the error', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const iterator = mux.iterate('rows')[Symbol.asyncIterator]();
    const first = iterator.next();
    await gateway.settle();
    gateway.end.peer.sendValue(1, 'a');
    gateway.end.peer.sendValue(1, 'b');
    gateway.end.peer.failAnswer(1, new WiremuxError('out-of-rows', 'There are no more.'));
    await gateway.settle();
    expect(await first).toEqual({ done: false, value: 'a' });
    expect(await iterator.next()).toEqual({ done: false, value: 'b' });
    await expect(iterator.next()).rejects.toMatchObject({ code: 'out-of-rows' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('cancels when the loop is left', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const loop = (async () => {
      for await (const row of mux.iterate('rows')) if (row === 'b') break;
    })();
    await gateway.settle();
    for (const row of ['a', 'b', 'c']) gateway.end.peer.sendValue(1, row);
    await gateway.settle();
    await loop;
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1 }]);
  });

  it('is done for those who wait when another gives it up', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const iterator = mux.iterate('rows')[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await gateway.settle();
    expect(await iterator.return!()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('sends nothing when given up before it began', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const iterator = mux.iterate('rows')[Symbol.asyncIterator]();
    await iterator.return!();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await gateway.settle();
    expect(gateway.end.all('request')).toEqual([]);
  });

  it('throws `aborted` at once, without the values not yet asked for', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const abort = new AbortController();
    const iterator = mux.iterate('rows', {}, { signal: abort.signal })[Symbol.asyncIterator]();
    const first = iterator.next();
    await gateway.settle();
    for (const row of ['a', 'b', 'c']) gateway.end.peer.sendValue(1, row);
    await gateway.settle();
    await first;
    abort.abort();
    await expect(iterator.next()).rejects.toMatchObject({ code: 'aborted' });
  });
});
