import { encodeValue, peerStats } from '@wiremux/framing';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { AnswerPart } from '../src/answer-parts.js';
import { preEncoded } from '../src/index.js';
import type { RequestHandle } from '../src/request-handle.js';
import { TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

/** Smaller than every byte string of these tests that is long. */
const VALUE_BYTES = 4_096;
const CREDIT = 4_096;

async function openRequest(): Promise<{ gateway: TestGateway; request: RequestHandle<string> }> {
  const gateway = new TestGateway();
  const mux = await gateway.open({ limits: { valueBytes: VALUE_BYTES, answerCredit: CREDIT } });
  return { gateway, request: mux.request('file') as RequestHandle<string> };
}

const bytesSent = (gateway: TestGateway): number => gateway.end.peer.inspect(peerStats).requests[0]!.bytes;
const numbered = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => at);
const joined = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

/** All parts of an answer, each read when the gateway has nothing more to say. */
async function readAll<T>(gateway: TestGateway, parts: AsyncIterator<T, undefined>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const next = parts.next();
    await gateway.settle();
    const { done, value } = await next;
    if (done === true) return all;
    all.push(value);
  }
}

describe('SPEC 3.4.8 bytes$', () => {
  it('gives a byte string of any length as its pieces come', async () => {
    const { gateway, request } = await openRequest();
    const bytes = record(request.bytes$);
    await gateway.settle();
    const { peer } = gateway.end;
    peer.beginBytes(1, 100_000);
    for (let at = 0; at < 100_000; at += 1_000) {
      peer.sendBytes(1, numbered(100_000).subarray(at, at + 1_000));
      await gateway.settle();
      expect(joined(bytes.values)).toHaveLength(at + 1_000);
    }
    peer.endBytes(1);
    peer.endAnswer(1);
    await gateway.settle();
    expect(bytes).toMatchObject({ completed: true, error: undefined });
    expect(joined(bytes.values)).toEqual(numbered(100_000));
  });

  it('joins the byte strings of an answer, and is shared', async () => {
    const { gateway, request } = await openRequest();
    const [first, second] = [record(request.bytes$), record(request.bytes$)];
    await gateway.settle();
    const { peer } = gateway.end;
    peer.sendValue(1, numbered(5));
    peer.beginBytes(1);
    peer.sendBytes(1, numbered(3));
    peer.endBytes(1);
    peer.endAnswer(1);
    await gateway.settle();
    for (const { values, completed } of [first, second]) {
      expect(joined(values)).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 0, 1, 2));
      expect(completed).toBe(true);
    }
    expect(gateway.end.all('request')).toHaveLength(1);
  });

  it('fails where another value comes, and cancels', async () => {
    const { gateway, request } = await openRequest();
    const bytes = record(request.bytes$);
    await gateway.settle();
    gateway.end.peer.sendValue(1, numbered(5));
    gateway.end.peer.sendValue(1, 'text');
    await gateway.settle();
    expect(joined(bytes.values)).toEqual(numbered(5));
    expect(bytes.error).toMatchObject({ code: 'unsupported', message: expect.stringContaining('parts()') as string });
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1, error: { code: 'unsupported' } }]);
  });

  it('tells of an error in the middle of a byte string', async () => {
    const { gateway, request } = await openRequest();
    const bytes = record(request.bytes$);
    await gateway.settle();
    gateway.end.peer.beginBytes(1, 10);
    gateway.end.peer.sendBytes(1, numbered(4));
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(joined(bytes.values)).toEqual(numbered(4));
    expect(bytes.error).toMatchObject({ code: 'wrong-length' });
  });

  it('cancels when its last subscriber leaves', async () => {
    const { gateway, request } = await openRequest();
    const bytes = record(request.bytes$);
    await gateway.settle();
    gateway.end.peer.beginBytes(1);
    gateway.end.peer.sendBytes(1, numbered(4));
    await gateway.settle();
    bytes.subscription.unsubscribe();
    await gateway.settle();
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1 }]);
  });
});

describe('SPEC 3.4.8, 8.5.6 bytes()', () => {
  it('takes a piece only when it is asked for, so that the command waits', async () => {
    const { gateway, request } = await openRequest();
    const bytes = request.bytes();
    const first = bytes.next();
    await gateway.settle();
    const { peer } = gateway.end;
    peer.beginBytes(1, 64 * 1_024);
    for (let count = 0; count < 64; count++) peer.sendBytes(1, numbered(1_024));
    peer.endBytes(1);
    peer.endAnswer(1);
    await gateway.settle();
    let read = (await first).value?.length ?? 0;
    const ahead = CREDIT + 1_024;
    for (let turn = 0; turn < 5; turn++) {
      expect(bytesSent(gateway)).toBeLessThanOrEqual(read + ahead);
      const next = bytes.next();
      await gateway.settle();
      read += (await next).value?.length ?? 0;
    }
    const rest = joined(await readAll(gateway, bytes));
    expect(read + rest.length).toBe(64 * 1_024);
  });

  it.each(['bytes', 'parts'] as const)('gives back the credit of heads too: %s()', async (reader) => {
    const { gateway, request } = await openRequest();
    const pieces: AsyncIterator<unknown, undefined> = request[reader]();
    const first = pieces.next();
    await gateway.settle();
    const { peer } = gateway.end;
    peer.beginBytes(1);
    for (let count = 0; count < 5_000; count++) peer.sendBytes(1, Uint8Array.of(7));
    peer.endBytes(1);
    peer.endAnswer(1);
    await gateway.settle();
    const all = [await first, ...(await readAll(gateway, pieces))];
    expect(all).toHaveLength(5_001);
  });

  it('is left by return(), which cancels', async () => {
    const { gateway, request } = await openRequest();
    const loop = (async () => {
      for await (const piece of request.bytes()) return piece;
      return undefined;
    })();
    await gateway.settle();
    gateway.end.peer.beginBytes(1);
    gateway.end.peer.sendBytes(1, numbered(4));
    await gateway.settle();
    expect(await loop).toEqual(numbered(4));
    await gateway.settle();
    expect(gateway.end.all('cancelled')).toMatchObject([{ id: 1 }]);
  });
});

describe('SPEC 3.4.8 parts()', () => {
  it('gives values and pieces in their order, and says where a byte string ends', async () => {
    const { gateway, request } = await openRequest();
    const parts = request.parts();
    expectTypeOf(parts).toEqualTypeOf<AsyncIterableIterator<AnswerPart<string>, undefined>>();
    const first = parts.next();
    await gateway.settle();
    const { peer } = gateway.end;
    peer.sendValue(1, 'head');
    peer.beginBytes(1, 20_000);
    peer.sendBytes(1, numbered(20_000));
    peer.endBytes(1);
    peer.beginBytes(1);
    peer.endBytes(1);
    peer.sendValue(1, 'tail');
    peer.endAnswer(1);
    await gateway.settle();
    const { value } = await first;
    const all = [value, ...(await readAll(gateway, parts))] as AnswerPart<string>[];
    const pieces = all.slice(1, -2).map((part) => (part.kind === 'bytes' ? part : expect.unreachable()));
    expect(all[0]).toEqual({ kind: 'value', value: 'head' });
    expect(joined(pieces.map(({ bytes }) => bytes))).toEqual(numbered(20_000));
    expect(pieces.map(({ last }) => last)).toEqual([...pieces.slice(1).map(() => false), true]);
    expect(all.slice(-2)).toEqual([
      { kind: 'bytes', bytes: new Uint8Array(0), last: true },
      { kind: 'value', value: 'tail' },
    ]);
  });
});

describe('how byte strings come', () => {
  it('is decided by the first reader, the only one', async () => {
    const { gateway, request } = await openRequest();
    record(request.bytes$);
    expect(record(request.values$).error).toMatchObject({ code: 'unsupported' });
    expect(() => request.bytes()).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(() => request.parts()).toThrow(expect.objectContaining({ code: 'unsupported' }));
    await gateway.settle();
    expect(gateway.end.all('request')).toHaveLength(1);
  });

  it('SPEC 9.1.9 is whole for values, which have a limit', async () => {
    const { gateway, request } = await openRequest();
    const values = record(request.values$);
    await gateway.settle();
    gateway.end.peer.sendValue(1, numbered(VALUE_BYTES));
    await gateway.settle();
    expect(values).toMatchObject({ values: [], error: { code: 'too-big' } });
  });
});

describe('SPEC 3.1.10 arguments that are encoded already', () => {
  it('arrive as their values', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const rows = preEncoded(encodeValue([1, 'two', { three: 3 }]));
    record(mux.call('import', { rows, nested: { rows } }));
    await gateway.settle();
    const value = [1, 'two', { three: 3 }];
    expect(gateway.end.all('request')).toMatchObject([{ args: { rows: value, nested: { rows: value } } }]);
  });
});
