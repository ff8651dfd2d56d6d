import { command, defineCommands, implement } from '@wiremux/server';
import { concatMap, filter, firstValueFrom, lastValueFrom, ReplaySubject, range, toArray } from 'rxjs';
import type { TestMux } from '../../support/aborts.js';
import { type ContractCase, featuresOf } from '../contract-case.js';
import { failureOf } from './failure.js';

/** What pages of these cases serve. Their arguments are what the cases say: there are no schemas. */
const page = defineCommands({
  confirm: command(),
  count: command(),
  double: command(),
  hang: command(),
  flood: command(),
  measure: command({ takesData: true }),
  ignore: command({ takesData: true }),
});

const numbers = (to: number): number[] => Array.from({ length: to }, (_, at) => at);

/** Serves {@link page}; tells what became of it, and ends `ignore` when told to. */
function servePage(mux: TestMux) {
  const aborts = new ReplaySubject<string>(10);
  let flooded = 0;
  let stopIgnoring: () => void = () => undefined;
  const ignoring = new Promise<void>((resolve) => {
    stopIgnoring = resolve;
  });
  const stop = mux.handle(
    implement(page, {
      confirm: ({ text }) => `Confirmed: ${String(text)}`,
      *count({ to }) {
        yield* numbers(Number(to));
      },
      double: ({ n }) => 2 * Number(n),
      async *hang(_, { signal }) {
        const aborted = new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            aborts.next((signal.reason as { readonly code: string }).code);
            resolve();
          });
        });
        yield 'hanging';
        await aborted;
      },
      *flood({ size }) {
        const value = 'x'.repeat(Number(size));
        for (;;) {
          flooded += 1;
          yield value;
        }
      },
      async measure(_, { data }) {
        let bytes = 0;
        for await (const piece of data) bytes += piece.length;
        return bytes;
      },
      async ignore(_, { data }) {
        await ignoring;
        let bytes = 0;
        for await (const piece of data) bytes += piece.length;
        return bytes;
      },
    }),
  );
  return { aborts, stop, stopIgnoring, flooded: () => flooded };
}

/** Asks the gateway something often enough for whatever does not wait to run away. */
const fiftyTimes = (mux: TestMux): Promise<number> =>
  lastValueFrom(range(0, 50).pipe(concatMap(() => mux.call('asked'))));

/** What a page serves its gateway. */
export const served: readonly ContractCase[] = [
  {
    title: 'SPEC 8.4.1 a gateway knows whom it can call',
    run: async (mux) => {
      const open = await firstValueFrom(mux.status$.pipe(filter((status) => status.state === 'open')));
      const callable = await firstValueFrom(mux.call('callable'));
      return callable === featuresOf(open.transport, open.dialect).has('duplex');
    },
    expected: true,
  },
  {
    title: 'SPEC 8.4.1 a handler asks the page that called it',
    needs: 'duplex',
    run: (mux) => {
      servePage(mux);
      return firstValueFrom(mux.call('ask', { name: 'confirm', args: { text: 'Delete it?' } }));
    },
    expected: 'Confirmed: Delete it?',
  },
  {
    title: 'SPEC 8.4.1 streams of values go both ways at once',
    needs: 'duplex',
    run: async (mux) => {
      servePage(mux);
      const to = 2_000;
      const [mine, theirs] = await Promise.all([
        lastValueFrom(mux.call('count', { to }).pipe(toArray())),
        lastValueFrom(mux.call('ask', { name: 'count', args: { to } }).pipe(toArray())),
      ]);
      return JSON.stringify(mine) === JSON.stringify(theirs) && mine.length;
    },
    expected: 2_000,
  },
  {
    title: 'SPEC 8.4.1 a thousand calls of the page run at once',
    needs: 'duplex',
    run: (mux) => {
      servePage(mux);
      return firstValueFrom(mux.call('askOften', { times: 1_000 }));
    },
    expected: 999_000,
  },
  {
    title: 'SPEC 8.4.1 a command that the page does not serve is unknown, also once it has stopped serving it',
    needs: 'duplex',
    run: async (mux) => {
      const ask = () => firstValueFrom(mux.call('ask', { name: 'confirm', args: {} }));
      const before = await failureOf(ask());
      const { stop } = servePage(mux);
      const meanwhile = await ask();
      stop();
      const after = await failureOf(ask());
      return [before.code, meanwhile, after.code];
    },
    expected: ['unknown-command', 'Confirmed: undefined', 'unknown-command'],
  },
  {
    title: 'SPEC 8.6.3 cancelling at the page stops what the gateway had the page do for it',
    needs: 'duplex',
    run: async (mux) => {
      const { aborts } = servePage(mux);
      await firstValueFrom(mux.call('ask', { name: 'hang', args: {} }));
      return firstValueFrom(aborts);
    },
    expected: 'aborted',
  },
  {
    title: 'SPEC 8.6.3 a handler that has heard enough stops the command of the page',
    needs: 'duplex',
    run: async (mux) => {
      const { aborts } = servePage(mux);
      const first = await firstValueFrom(mux.call('askFirst', { name: 'hang', args: {} }));
      return [first, await firstValueFrom(aborts)];
    },
    expected: ['hanging', 'aborted'],
  },
  {
    title: 'SPEC 8.5.6 a command of the page waits for a gateway that waits for the page',
    needs: 'duplex',
    run: async (mux) => {
      const { flooded } = servePage(mux);
      const size = 10_000;
      const flood = mux.iterate('ask', { name: 'flood', args: { size } })[Symbol.asyncIterator]();
      await flood.next();
      await fiftyTimes(mux);
      const sent = flooded();
      await flood.return?.();
      // The windows and queues of each hop, of which there are four where the page is a tab of a shared worker.
      return sent * size < 4 * 1024 * 1024;
    },
    expected: true,
  },
  {
    title: 'SPEC 8.5.6 an upload to the page waits for its command',
    needs: 'duplex',
    run: async (mux) => {
      const { stopIgnoring } = servePage(mux);
      const before = await firstValueFrom(mux.call('asked'));
      const pieces = 300;
      const measured = firstValueFrom(mux.call('ask', { name: 'ignore', args: {}, pieces }));
      const read = (await fiftyTimes(mux)) - before;
      stopIgnoring();
      return [read < 50, await measured];
    },
    expected: [true, 3_000_000],
  },
  {
    title: 'SPEC 8.4.1 a page takes data from the gateway',
    needs: 'duplex',
    run: (mux) => {
      servePage(mux);
      return firstValueFrom(mux.call('ask', { name: 'measure', args: {}, pieces: 100 }));
    },
    expected: 1_000_000,
  },
];
