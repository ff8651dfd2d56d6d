import { peerStats, WiremuxError } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';
import { describe, expect, it } from 'vitest';
import { byteStream } from '../src/byte-stream.js';
import { implement } from '../src/command-set.js';
import { command, defineCommands } from '../src/contract.js';
import type { CommandContext } from '../src/handler.js';
import { IdempotencyStore } from '../src/idempotency.js';
import { type AnyHandler, Deferred, serveOne } from './support/one-command.js';
import { type Rig, type RigOptions, serve } from './support/rig.js';
import { schemaOf } from './support/schemas.js';
import type { TestCall } from './support/test-client.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const KEY = { idem: new TextEncoder().encode('k') };

describe('SPEC 8.11.7 a deadline, where the request is answered', () => {
  it('SPEC 8.11.7 aborts the signal with `deadline`, and the answer with it', async () => {
    const gate = new Deferred();
    let context: CommandContext | undefined;
    const { client, clock, server, log } = await serveOne(async function* (_, given) {
      context = given;
      yield 'first';
      await gate.promise;
    });
    const call = client.call('run', {}, { deadlineAt: 100 });
    await clock.advance(100);
    expect(context?.signal.reason).toMatchObject({ code: 'deadline' });
    expect(call).toMatchObject({ values: ['first'], end: 'deadline' });
    expect(server.counters.requests).toMatchObject({ open: 1, failed: 0 });
    gate.resolve();
    await clock.settle();
    expect(server.counters.requests).toMatchObject({ open: 0, failed: 1 });
    expect(log.map(({ fields }) => fields)).toContainEqual(
      expect.objectContaining({ code: 'deadline', command: 'run' }),
    );
  });

  it('SPEC 8.11.8 tells a handler what is left', async () => {
    const seen: (number | undefined)[] = [];
    const gate = new Deferred();
    const { client, clock } = await serveOne(async (_, { timeLeft }) => {
      seen.push(timeLeft());
      await gate.promise;
      seen.push(timeLeft());
    });
    client.call('run', {}, { deadlineAt: 100.5 });
    client.call('run');
    await clock.advance(60);
    gate.resolve();
    await clock.settle();
    expect(seen).toEqual([101, undefined, 41, undefined]);
  });

  it('SPEC 9.1.5 counts handlers that do not stop, though their requests have ended', async () => {
    const gate = new Deferred();
    const { client, clock } = await serveOne(() => gate.promise, { server: { limits: { openRequests: 2 } } });
    for (let count = 0; count < 2; count++) client.call('run', {}, { deadlineAt: 10 });
    await clock.advance(10);
    const refused = client.call('run');
    await clock.settle();
    expect(refused).toMatchObject({ end: 'too-many-requests' });
    gate.resolve();
    await clock.settle();
    const taken = client.call('run');
    await clock.settle();
    expect(taken).toMatchObject({ end: 'ended' });
  });
});

describe('SPEC 8.11.9 a trace', () => {
  it('SPEC 8.11.9 is told to the handler, and to the log', async () => {
    let trace: string | undefined;
    const { client, clock, log } = await serveOne((_, context) => {
      trace = context.trace;
      throw new WiremuxError('no', 'No.');
    });
    client.call('run', {}, { trace: TRACE });
    await clock.settle();
    expect(trace).toBe(TRACE);
    expect(log.at(-1)?.fields).toMatchObject({ code: 'no', trace: TRACE });
    client.call('run');
    await clock.settle();
    expect(trace).toBeUndefined();
    expect(log.at(-1)?.fields).not.toHaveProperty('trace');
  });
});

describe('SPEC 8.11.10 to 8.11.14 an idempotency key', () => {
  /** Serves a command that counts how often it ran. */
  async function counting(handler: AnyHandler, options?: RigOptions): Promise<Rig & { readonly runs: () => number }> {
    let runs = 0;
    const rig = await serveOne((args, context) => {
      runs += 1;
      return handler(args, context);
    }, options);
    return { ...rig, runs: () => runs };
  }

  async function twice(rig: Rig, args: object = {}): Promise<[TestCall, TestCall]> {
    const first = rig.client.call('run', { ...args }, KEY);
    await rig.clock.settle();
    const second = rig.client.call('run', { ...args }, KEY);
    await rig.clock.settle();
    return [first, second];
  }

  it.each<[string, AnyHandler, Partial<TestCall>]>([
    ['values', () => [1, { two: 2 }].values(), { values: [1, { two: 2 }], end: 'ended' }],
    ['nothing', () => undefined, { values: [], end: 'ended' }],
    ['an error', () => Promise.reject(new WiremuxError('broke', 'B', { data: 1 })), { values: [], end: 'broke' }],
    [
      'values and an error',
      function* () {
        yield 1;
        throw new WiremuxError('broke', 'B');
      },
      { values: [1], end: 'broke' },
    ],
  ])('SPEC 8.11.11 gives the same answer again: %s', async (_, handler, answer) => {
    const rig = await counting(handler);
    expect(await twice(rig)).toMatchObject([answer, answer]);
    expect(rig.runs()).toBe(1);
  });

  it('SPEC 8.11.11 says `duplicate` for a byte string that was streamed', async () => {
    const rig = await counting(() => byteStream([new Uint8Array(3)]));
    const [first, second] = await twice(rig);
    expect([first.end, second.end, second.error?.data]).toEqual(['ended', 'duplicate', { state: 'done' }]);
  });

  it('SPEC 8.11.11 says `duplicate` while the first runs', async () => {
    const gate = new Deferred();
    const rig = await counting(() => gate.promise);
    const [first, second] = await twice(rig);
    expect(second.error).toMatchObject({ code: 'duplicate', data: { state: 'running' }, retry: 1_000 });
    gate.resolve();
    await rig.clock.settle();
    expect([first.end, rig.runs()]).toEqual(['ended', 1]);
  });

  it('SPEC 8.11.12 says `idem-mismatch` for other arguments', async () => {
    const rig = await counting(() => 1);
    rig.client.call('run', { a: 1 }, KEY);
    const other = rig.client.call('run', { a: 2 }, KEY);
    await rig.clock.settle();
    expect(other.end).toBe('idem-mismatch');
  });

  it('SPEC 8.11.13 frees the key of a cancelled run once its handler has stopped', async () => {
    const gate = new Deferred();
    const rig = await counting(() => gate.promise);
    const [first] = await twice(rig);
    rig.client.peer.cancel(first.id);
    await rig.clock.advance(6_000);
    expect(first.end).toBe('left');
    expect((await twice(rig))[1]).toMatchObject({ end: 'duplicate' });
    gate.resolve();
    await rig.clock.settle();
    expect((await twice(rig))[1]).toMatchObject({ end: 'ended' });
    expect(rig.runs()).toBe(2);
  });

  it('SPEC 8.11.13 frees the key of a run whose time was over', async () => {
    const gate = new Deferred();
    const rig = await counting(() => gate.promise);
    rig.client.call('run', {}, { ...KEY, deadlineAt: 10 });
    await rig.clock.advance(10);
    gate.resolve();
    await rig.clock.settle();
    rig.client.call('run', {}, KEY);
    await rig.clock.settle();
    expect(rig.runs()).toBe(2);
  });

  it('SPEC 8.11.13 frees the key of arguments that were refused', async () => {
    const args = schemaOf<{ ok?: boolean }>((value) =>
      (value as { ok?: boolean }).ok === true ? { value: { ok: true } } : { issues: [{ message: 'no' }] },
    );
    const set = implement(defineCommands({ run: command({ args }) }), { run: () => 1 });
    const { client, clock } = await serve(set);
    const calls = [client.call('run', {}, KEY), client.call('run', { ok: true }, KEY)];
    await clock.settle();
    expect(calls.map(({ end }) => end)).toEqual(['bad-arguments', 'ended']);
  });

  it('SPEC 8.11.10 is found again over another connection of the same principal, not by the anonymous', async () => {
    const shared = new IdempotencyStore({ now: () => 0 });
    let runs = 0;
    const connect = async (name?: string): Promise<TestCall> => {
      const rig = await serveOne(() => ++runs, {
        server: { idempotency: shared, ...(name === undefined ? {} : { principal: { name } }) },
      });
      const call = rig.client.call('run', {}, KEY);
      await rig.clock.settle();
      rig.server.close();
      await rig.clock.settle();
      return call;
    };
    const calls = [await connect('ada'), await connect('ada'), await connect('bob'), await connect(), await connect()];
    expect(calls.map(({ values }) => values)).toEqual([[1], [1], [2], [3], [4]]);
  });

  it('SPEC 8.11.13 forgets the keys of an anonymous connection with it', async () => {
    const shared = new IdempotencyStore({ now: () => 0 });
    const rig = await serveOne(() => 1, { server: { idempotency: shared } });
    rig.client.call('run', {}, KEY);
    await rig.clock.settle();
    expect(shared.bytes).toBeGreaterThan(0);
    rig.server.close();
    await rig.clock.settle();
    expect(shared.bytes).toBe(0);
  });
});

describe('SPEC 8.11.4 a plain command', () => {
  it.each([true, false])('keeps its answers plain: %s', async (plain) => {
    const set = implement(defineCommands({ run: command({ plain }) }), { run: () => 'x'.repeat(10_000) });
    const codecs = [zlib()].filter((codec) => codec !== undefined);
    const { client, clock } = await serve(set, { server: { codecs }, client: { codecs } });
    const call = client.call('run');
    // What is compressed may be decoded beside the event loop.
    for (; call.end === undefined; await new Promise(setImmediate)) await clock.settle();
    expect(client.peer.inspect(peerStats).bytes.in > 10_000).toBe(plain);
  });
});
