import { type Mux, WiremuxError } from '@wiremux/client';
import { concatMap, firstValueFrom, from, lastValueFrom, map, range, toArray } from 'rxjs';
import { abortOf, type TestMux } from '../support/aborts.js';

/** What a client sees of one behaviour, over any transport, in Node or a browser. */
export interface ContractCase {
  /** Begins with the section of the SPEC it holds. */
  readonly title: string;
  /** Whether it rests on what wiremux.1 adds (SPEC 8): cancel, credit, error codes. */
  readonly duplex: boolean;
  /** `connect` opens a further connection to the same gateway. */
  run(mux: TestMux, connect: () => TestMux): Promise<unknown>;
  /** What `run` resolves with. */
  readonly expected: unknown;
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** What is known of an error, whichever side it came from. */
function errorOf(error: unknown): object {
  if (!(error instanceof WiremuxError)) return { thrown: String(error) };
  const { code, message, data, retry } = error;
  return { code, message, ...(data === undefined ? {} : { data }), ...(retry === undefined ? {} : { retry }) };
}

async function failureOf(promise: Promise<unknown>): Promise<object> {
  return promise.then((value) => ({ value }), errorOf);
}

/** Bytes that repeat only after 251, so that no cut or swap of pieces goes unseen. */
function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => at % 251);
}

function isPattern(bytes: Uint8Array): boolean {
  return bytes.every((byte, at) => byte === at % 251);
}

const VALUES = {
  integers: [0, -1, 23, 24, 255, 256, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER, -(2 ** 40)],
  big: [2n ** 60n, -(2n ** 60n)],
  floats: [0.5, -1.25, 1e300, Number.POSITIVE_INFINITY],
  simple: [null, true, false],
  texts: ['', 'plain', 'zwölf', '𝄞', 'x'.repeat(70_000)],
  bytes: [new Uint8Array(0), pattern(70_000)],
  nested: [[], {}, { a: { b: [{ c: 1 }] } }],
  map: new Map([[1, 'one']]),
  set: new Set([1, 'two']),
};

const calls: readonly ContractCase[] = [
  {
    title: 'SPEC 3.4.1 values arrive complete and in order',
    duplex: false,
    run: (mux) => lastValueFrom(mux.call('count', { to: 1_000 }).pipe(toArray())),
    expected: Array.from({ length: 1_000 }, (_, at) => at),
  },
  {
    title: 'SPEC 3.4.5 an answer without values ends',
    duplex: false,
    run: (mux) => lastValueFrom(mux.call('nothing').pipe(toArray())),
    expected: [],
  },
  {
    title: 'SPEC 3.1.3 text arguments reach a contract that asks for text',
    duplex: false,
    run: (mux) => firstValueFrom(mux.call('greet', { name: 'Zoë' })),
    expected: 'Hello Zoë!',
  },
  {
    title: 'SPEC 3.1.3 values keep their types both ways',
    duplex: true,
    run: (mux) => firstValueFrom(mux.call('same', VALUES)),
    expected: VALUES,
  },
  {
    title: 'SPEC 3.4.1 a value larger than many frames arrives whole',
    duplex: false,
    run: async (mux) => {
      const text = await firstValueFrom(mux.call('repeat', { letter: 'ü', size: MiB }));
      return { length: text.length, whole: text === 'ü'.repeat(MiB) };
    },
    expected: { length: MiB, whole: true },
  },
  {
    title: 'SPEC 5.3 300 requests run at once on one connection',
    duplex: false,
    run: async (mux) => {
      const all = Array.from({ length: 300 }, (_, at) => firstValueFrom(mux.call('greet', { name: String(at) })));
      return (await Promise.all(all)).every((text, at) => text === `Hello ${at}!`);
    },
    expected: true,
  },
  {
    title: 'SPEC 8.4.10 more requests than may be open at once wait for their turn',
    duplex: true,
    run: async (mux) => {
      const all = Array.from({ length: 2_000 }, () => lastValueFrom(mux.call('count', { to: 2 })));
      return (await Promise.all(all)).reduce((sum, last) => sum + last, 0);
    },
    expected: 2_000,
  },
  {
    title: 'SPEC 3.6, 3.7 a request tells its progress and prints beside its values',
    duplex: false,
    run: async (mux) => {
      const request = mux.request('narrate', { steps: 3 });
      const output = lastValueFrom(request.output$.pipe(toArray()));
      const progress = lastValueFrom(request.progress$.pipe(toArray()));
      const values = await lastValueFrom(request.values$.pipe(toArray()));
      const last = (await progress).at(-1);
      return { values, output: await output, lastProgress: { topic: last?.topic, pos: last?.pos, total: last?.total } };
    },
    expected: {
      values: [3],
      output: [[{ text: '%s steps to go', args: ['3'], labels: [] }], [{ text: 'done', args: [], labels: [] }]],
      lastProgress: { topic: 'steps', pos: -1, total: 3 },
    },
  },
];

const errors: readonly ContractCase[] = [
  {
    title: 'SPEC 3.9.1 an error before the first value brings code, message, data and retry',
    duplex: true,
    run: (mux) => failureOf(lastValueFrom(mux.call('fail', { code: 'out-of-stock', after: 0 }))),
    expected: { code: 'out-of-stock', message: 'It fails as it was told to.', data: { after: 0 }, retry: 250 },
  },
  {
    title: 'SPEC 3.4.6 an error after values keeps its place behind them',
    duplex: true,
    run: async (mux) => {
      const values: number[] = [];
      const failure = await failureOf(
        lastValueFrom(mux.call('fail', { code: 'out-of-stock', after: 3 }).pipe(map((value) => values.push(value)))),
      );
      return { values, failure };
    },
    expected: {
      values: [0, 1, 2],
      failure: { code: 'out-of-stock', message: 'It fails as it was told to.', data: { after: 3 }, retry: 250 },
    },
  },
  {
    title: 'SPEC 3.9.4 an error of a dialect without codes keeps its message',
    duplex: false,
    run: async (mux) => {
      const failures = [0, 3].map((after) =>
        failureOf(lastValueFrom(mux.call('fail', { code: 'out-of-stock', after }))),
      );
      const messages = (await Promise.all(failures)).map((failure) => 'message' in failure && failure.message);
      return messages.every((message) => message === 'It fails as it was told to.');
    },
    expected: true,
  },
  {
    title: 'SPEC 3.4.6 an exception fails its own request only',
    duplex: true,
    run: async (mux) => {
      const [crash, count] = await Promise.all([
        failureOf(lastValueFrom(mux.call('crash'))),
        lastValueFrom(mux.call('count', { to: 500 })),
      ]);
      return { code: 'code' in crash && crash.code, count };
    },
    expected: { code: 'command-failed', count: 499 },
  },
  {
    title: 'SPEC 3.2.6 an unknown command is told as such',
    duplex: true,
    run: async (mux) => {
      const failure = await failureOf(lastValueFrom((mux as Mux).call('no-such-command')));
      return 'code' in failure && failure.code;
    },
    expected: 'unknown-command',
  },
  {
    title: 'SPEC 3.9.3 arguments that break the contract are told as such, and by name',
    duplex: true,
    run: async (mux) => {
      const failure = await failureOf(lastValueFrom((mux as Mux).call('greet', { name: 5 })));
      return { code: 'code' in failure && failure.code, named: JSON.stringify(failure).includes('name') };
    },
    expected: { code: 'bad-arguments', named: true },
  },
];

const uploads: readonly ContractCase[] = [
  {
    title: 'SPEC 3.3.1 data of every kind of source arrives whole',
    duplex: false,
    run: (mux) => {
      const size = 300 * KiB + 7;
      const bytes = pattern(size);
      const pieces = [bytes.subarray(0, 5), bytes.subarray(5, 100_000), bytes.subarray(100_000)];
      const sources = [
        bytes,
        bytes.slice().buffer,
        new Blob([bytes.slice().buffer]),
        new Blob([bytes.slice().buffer]).stream(),
        pieces,
        from(pieces),
        new Uint8Array(0),
      ];
      return Promise.all(sources.map((data) => firstValueFrom(mux.call('measure', {}, { data }))));
    },
    expected: [...Array.from({ length: 6 }, () => 300 * KiB + 7), 0],
  },
  {
    title: 'SPEC 5.7 a command answers while its data is still on its way',
    duplex: true,
    run: async (mux) => {
      let finish = (): void => undefined;
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      async function* data(): AsyncGenerator<Uint8Array> {
        yield pattern(10);
        await finished;
        yield pattern(20);
      }
      let bytes = 0;
      const sizes: number[] = [];
      for await (const piece of mux.iterate('mirror', {}, { data: data() })) {
        bytes += piece.length;
        sizes.push(bytes);
        if (bytes === 10) finish();
      }
      return sizes;
    },
    expected: [10, 30],
  },
  {
    title: 'SPEC 3.3.1 bytes come back as they were sent',
    duplex: false,
    run: async (mux) => {
      const data = pattern(251 * 2_000);
      const pieces: Uint8Array[] = [];
      for await (const piece of mux.iterate('mirror', {}, { data })) pieces.push(piece.slice());
      const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
      const whole = new Uint8Array(await new Blob(pieces.map((piece) => piece.slice().buffer)).arrayBuffer());
      return { size, same: isPattern(whole) };
    },
    expected: { size: 251 * 2_000, same: true },
  },
  {
    title: 'SPEC 8.6.5 a command that wants no more data stops its source and answers',
    duplex: true,
    run: async (mux) => {
      let returned = false;
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield pattern(8 * KiB);
        } finally {
          returned = true;
        }
      }
      const read = await firstValueFrom(mux.call('taste', { bytes: 100 * KiB }, { data: endless() }));
      return { enough: read >= 100 * KiB, returned };
    },
    expected: { enough: true, returned: true },
  },
  {
    title: 'SPEC 8.6.1 a source that fails fails the request',
    duplex: true,
    run: async (mux) => {
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield pattern(10);
        throw new RangeError('The disk is gone.');
      }
      const failure = await failureOf(lastValueFrom(mux.call('measure', {}, { data: broken() })));
      return { code: 'code' in failure && failure.code, told: JSON.stringify(failure).includes('The disk is gone.') };
    },
    expected: { code: 'upload-failed', told: true },
  },
];

const cancels: readonly ContractCase[] = [
  {
    title: 'SPEC 8.6.3 unsubscribing fires the signal of the handler',
    duplex: true,
    run: async (mux) => {
      await firstValueFrom(mux.call('hang', { label: 'unsubscribed' }));
      return abortOf(mux, 'unsubscribed');
    },
    expected: 'aborted',
  },
  {
    title: 'SPEC 8.6.3 leaving an iteration fires the signal of the handler',
    duplex: true,
    run: async (mux) => {
      for await (const _ of mux.iterate('flood', { label: 'left', size: 100 })) break;
      return abortOf(mux, 'left');
    },
    expected: 'aborted',
  },
  {
    title: 'SPEC 8.6.4 a cancelled command proves that it stopped',
    duplex: true,
    run: async (mux) => {
      const controller = new AbortController();
      const request = mux.request('hang', { label: 'proved' }, { signal: controller.signal });
      const ended = lastValueFrom(request.state$);
      const failure = failureOf(lastValueFrom(request.values$.pipe(map(() => controller.abort()))));
      const end = await ended;
      return {
        code: await failure.then((error) => 'code' in error && error.code),
        result: 'result' in end && end.result,
        aborted: await abortOf(mux, 'proved'),
      };
    },
    expected: { code: 'aborted', result: 'stopped', aborted: 'aborted' },
  },
  {
    title: 'SPEC 8.6.1 a deadline cancels the command',
    duplex: true,
    run: async (mux) => {
      const failure = await failureOf(lastValueFrom(mux.call('hang', { label: 'late' }, { deadline: 1 })));
      return 'code' in failure && failure.code;
    },
    expected: 'timeout',
  },
  {
    title: 'SPEC 5.9, 9.2.1 closing the connection fires the signals of its handlers and fails its requests',
    duplex: false,
    run: async (mux, connect) => {
      const other = connect();
      const hang = failureOf(
        lastValueFrom(
          other.call('hang', { label: 'closed' }).pipe(
            map((label) => {
              other.close();
              return label;
            }),
          ),
        ),
      );
      await abortOf(mux, 'closed');
      const failure = await hang;
      return 'code' in failure && failure.code;
    },
    expected: 'closed',
  },
];

const flow: readonly ContractCase[] = [
  {
    title: 'SPEC 8.5.6 a command waits for a consumer that takes no more, and others run on',
    duplex: true,
    run: async (mux) => {
      const size = 10_000;
      const flood = mux.iterate('flood', { label: 'held', size })[Symbol.asyncIterator]();
      await flood.next();
      // Each answer comes over the same connection: time enough for a flood that does not wait to run away.
      const sent = await lastValueFrom(range(0, 50).pipe(concatMap(() => mux.call('flooded', { label: 'held' }))));
      await flood.return?.();
      return sent * size < MiB;
    },
    expected: true,
  },
  {
    title: 'SPEC 8.12.4 a small answer passes a large one',
    duplex: true,
    run: async (mux) => {
      let flooding = true;
      const flood = (async () => {
        for await (const _ of mux.iterate('flood', { label: 'passed', size: 10_000 })) if (!flooding) break;
      })();
      const greetings = await lastValueFrom(
        from(['a', 'b', 'c']).pipe(
          concatMap((name) => mux.call('greet', { name })),
          toArray(),
        ),
      );
      flooding = false;
      await flood;
      return greetings;
    },
    expected: ['Hello a!', 'Hello b!', 'Hello c!'],
  },
];

/** Every case, in the order of the SPEC's subjects: calls, errors, uploads, cancels, flow. */
export const CONTRACT: readonly ContractCase[] = [...calls, ...errors, ...uploads, ...cancels, ...flow];
