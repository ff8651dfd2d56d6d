import { WiremuxError } from '@wiremux/framing';
import { from, Observable, range, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { answerOf, Deferred, serveOne } from './support/one-command.js';

async function* asyncly(...values: readonly unknown[]): AsyncGenerator<unknown> {
  for (const value of values) yield await Promise.resolve(value);
}

function* one(...values: readonly unknown[]): Generator<unknown> {
  yield* values;
}

const boom = new Error('boom');

function fail(): never {
  throw boom;
}

describe('the answer of a handler', () => {
  it.each([
    ['a number', 7],
    ['null', null],
    ['false', false],
    ['a text', 'text'],
    ['an array', [1, 2]],
    ['bytes', Uint8Array.of(1, 2)],
    ['a map', new Map([[1, 2]])],
    ['a set', new Set([1])],
    ['an object', { a: { b: [] } }],
  ])('is one value for %s', async (_, value) => {
    const call = await answerOf(() => value);
    expect(call.values).toEqual([value]);
    expect(call.end).toBe('ended');
  });

  it('has no values for undefined, also promised', async () => {
    for (const handler of [() => undefined, async () => Promise.resolve()]) {
      const call = await answerOf(handler);
      expect(call.values).toEqual([]);
      expect(call.end).toBe('ended');
    }
  });

  it.each<[string, () => unknown]>([
    ['an async generator', () => asyncly(1, 2, 3)],
    ['a generator', () => one(1, 2, 3)],
    ['an iterator of an array', () => [1, 2, 3].values()],
    ['an Observable', () => range(1, 3)],
    ['an Observable that emits later', () => from(asyncly(1, 2, 3))],
    ['an Observable of another library', () => ({ '@@observable': () => range(1, 3) })],
    ['a promised async generator', async () => Promise.resolve(asyncly(1, 2, 3))],
    ['a promised Observable', async () => Promise.resolve(range(1, 3))],
  ])('has each value of %s', async (_, handler) => {
    const call = await answerOf(handler);
    expect(call.values).toEqual([1, 2, 3]);
    expect(call.end).toBe('ended');
  });

  it('waits for a promise, and for what is merely like one', async () => {
    expect((await answerOf(async () => Promise.resolve(5))).values).toEqual([5]);
    const thenable = Object.defineProperty({}, 'then', { value: (resolve: (value: number) => void) => resolve(6) });
    expect((await answerOf(() => thenable)).values).toEqual([6]);
  });

  it('sends undefined where it is one of a stream', async () => {
    expect((await answerOf(() => asyncly(undefined, 1))).values).toEqual([undefined, 1]);
  });

  it('leaves out what a generator returns', async () => {
    const call = await answerOf(async function* () {
      yield 1;
      return 2;
    });
    expect(call.values).toEqual([1]);
  });

  it('is given the arguments as they came', async () => {
    const args = { a: 1, b: 'text', c: Uint8Array.of(1), d: { e: [null] } };
    expect((await answerOf((given) => given, args)).values).toEqual([args]);
  });

  it('SPEC 3.6, 3.7 may say more beside its values', async () => {
    const call = await answerOf((_, { print, progress }) => {
      print('read %s of %s', 1, 'zwölf');
      print('grün');
      print({ text: 'a', args: [], labels: ['b'] }, { text: 'c', args: [], labels: [] });
      progress({ topic: 'bytes', pos: 1, total: 2 });
      progress({ topic: 'files', pos: 1, total: 0, label: 'files', item: 'a.txt' });
      progress.end('lines');
      return 1;
    });
    expect(call.output).toEqual([
      [{ text: 'read %s of %s', args: ['1', 'zwölf'], labels: [] }],
      [{ text: '%s', args: ['grün'], labels: [] }],
      [
        { text: 'a', args: [], labels: ['b'] },
        { text: 'c', args: [], labels: [] },
      ],
    ]);
    expect(call.progress).toEqual([
      { topic: 'bytes', pos: 1, total: 2 },
      { topic: 'files', pos: 1, total: 0, label: 'files', item: 'a.txt' },
      { topic: 'lines', pos: -1, total: 0 },
    ]);
  });

  it('says nothing more once it has ended', async () => {
    let late: () => void = () => undefined;
    const { client, clock } = await serveOne((_, { print, progress }) => {
      late = () => {
        print('late');
        progress({ topic: 'late', pos: 1, total: 1 });
      };
      return 1;
    });
    const first = client.call('run');
    await clock.settle();
    late();
    await clock.settle();
    expect(first).toMatchObject({ end: 'ended', output: [], progress: [] });
  });
});

describe('SPEC 3.4.6 a handler that fails', () => {
  const refusal = new WiremuxError('no-such-table', 'There is no table `x`.', { data: { table: 'x' }, retry: 500 });

  it.each<[string, () => unknown]>([
    ['throws', fail],
    ['rejects', async () => Promise.reject(boom)],
    [
      'is an async generator that throws',
      async function* () {
        yield await Promise.reject(boom);
      },
    ],
    [
      'is a generator that throws',
      function* () {
        yield 1;
        fail();
      },
    ],
    ['is an Observable that errs', () => new Observable((subscriber) => subscriber.error(boom))],
    ['is an Observable that throws', () => new Observable(fail)],
    [
      'has an iterable whose iterator throws',
      () => ({
        [Symbol.asyncIterator]: fail,
      }),
    ],
    [
      'has an iterator that throws',
      () => ({
        [Symbol.asyncIterator]: () => ({
          next: fail,
        }),
      }),
    ],
    ['has a then that throws', () => Object.defineProperty({}, 'then', { get: fail })],
    ['has an asyncIterator that throws', () => Object.defineProperty({}, Symbol.asyncIterator, { get: fail })],
    [
      'throws in its finally',
      async function* () {
        try {
          yield 1;
        } finally {
          fail();
        }
      },
    ],
  ])('answers command-failed with the message if it %s', async (_, handler) => {
    const { client, clock, log } = await serveOne(handler);
    const call = client.call('run');
    await clock.settle();
    expect(call.error).toMatchObject({ code: 'command-failed', message: 'boom' });
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([
      {
        fields: { connection: 'test', requestId: 1, command: 'run', principal: 'anonymous', err: { message: 'boom' } },
      },
    ]);
  });

  it('never tells the caller its stack', async () => {
    const call = await answerOf(fail);
    expect(JSON.stringify(call.error)).not.toContain('answers.test');
  });

  it('gives the values before the error', async () => {
    const call = await answerOf(async function* () {
      yield 1;
      yield 2;
      fail();
    });
    expect(call.values).toEqual([1, 2]);
    expect(call.end).toBe('command-failed');
  });

  it('passes on the code, data and retry of a WiremuxError', async () => {
    const call = await answerOf(() => {
      throw refusal;
    });
    expect(call.error).toMatchObject({
      code: 'no-such-table',
      message: 'There is no table `x`.',
      data: { table: 'x' },
      retry: 500,
    });
  });

  it('answers what is no error too', async () => {
    const call = await answerOf(() => throwError(() => 'a text'));
    expect(call.error).toMatchObject({ code: 'command-failed', message: 'a text' });
  });

  it.each<[string, () => unknown]>([
    ['a value', () => () => 1],
    ['a value of an async generator', () => asyncly(1, Symbol('s'), 2)],
    ['a value of a generator', () => one(1, new Date(0), 2)],
    ['a value of an Observable', () => from([1, Symbol('s'), 2])],
  ])('answers unsupported if %s cannot be encoded', async (_, handler) => {
    expect((await answerOf(handler)).end).toBe('unsupported');
  });

  it('closes the generator whose value cannot be encoded', async () => {
    const seen: string[] = [];
    const call = await answerOf(async function* (_, { signal }) {
      try {
        yield Symbol('s');
      } finally {
        seen.push('finally', (signal.reason as WiremuxError).code);
      }
    });
    expect(call.end).toBe('unsupported');
    expect(seen).toEqual(['finally', 'unsupported']);
  });

  it('is shown as closing until its generator has closed', async () => {
    const gate = new Deferred();
    const { client, clock, server } = await serveOne(async function* () {
      try {
        yield Symbol('s');
      } finally {
        await gate.promise;
      }
    });
    const call = client.call('run');
    await clock.settle();
    expect(call.end).toBe('unsupported');
    expect(server.snapshot().requests).toMatchObject([{ state: 'closing' }]);
    gate.resolve();
    await clock.settle();
    expect(server.counters.requests).toEqual({ open: 0, total: 1, failed: 1 });
  });

  it('stops an Observable whose value cannot be encoded', async () => {
    let torndown = 0;
    await answerOf(
      () =>
        new Observable((subscriber) => {
          subscriber.next(Symbol('s'));
          subscriber.next(1);
          return () => {
            torndown += 1;
          };
        }),
    );
    expect(torndown).toBe(1);
  });

  it('harms no other request', async () => {
    const { client, clock } = await serveOne(({ failing }) => {
      if (failing === true) fail();
      return 'fine';
    });
    const calls = [true, false, true, false].map((failing) => client.call('run', { failing }));
    await clock.settle();
    expect(calls.map(({ end }) => end)).toEqual(['command-failed', 'ended', 'command-failed', 'ended']);
  });

  it('leaves no rejection unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { client, clock } = await serveOne(({ how }) => {
      switch (how) {
        case 'reject':
          return Promise.reject(boom);
        case 'generator':
          return (async function* () {
            yield 1;
            fail();
          })();
        case 'finally':
          return (async function* () {
            try {
              yield Symbol('s');
            } finally {
              fail();
            }
          })();
        case 'next':
          return {
            [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(boom), return: () => Promise.reject(boom) }),
          };
        default:
          return new Observable((subscriber) => {
            subscriber.error(boom);
            return fail;
          });
      }
    });
    const calls = ['reject', 'generator', 'finally', 'next', 'observable'].map((how) => client.call('run', { how }));
    await clock.settle();
    for (const call of calls) client.peer.cancel(call.id);
    await clock.settle();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(calls.map(({ end }) => end)).toEqual([
      'command-failed',
      'command-failed',
      'unsupported',
      'command-failed',
      'command-failed',
    ]);
  });
});
