import type { Mux } from '@wiremux/client';
import { lastValueFrom, map } from 'rxjs';
import type { ContractCase } from '../contract-case.js';
import { failureOf } from './failure.js';

/** How a call fails. */
export const errors: readonly ContractCase[] = [
  {
    title: 'SPEC 3.9.1 an error before the first value brings code, message, data and retry',
    needs: 'extended',
    run: (mux) => failureOf(lastValueFrom(mux.call('fail', { code: 'out-of-stock', after: 0 }))),
    expected: { code: 'out-of-stock', message: 'It fails as it was told to.', data: { after: 0 }, retry: 250 },
  },
  {
    title: 'SPEC 3.4.6 an error after values keeps its place behind them',
    needs: 'extended',
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
    run: async (mux) => {
      const failures = [0, 3].map((after) =>
        failureOf(lastValueFrom(mux.call('fail', { code: 'out-of-stock', after }))),
      );
      const messages = (await Promise.all(failures)).map(({ message }) => message);
      return messages.every((message) => message === 'It fails as it was told to.');
    },
    expected: true,
  },
  {
    title: 'SPEC 3.4.6 an exception fails its own request only',
    needs: 'extended',
    run: async (mux) => {
      const [crash, count] = await Promise.all([
        failureOf(lastValueFrom(mux.call('crash'))),
        lastValueFrom(mux.call('count', { to: 500 })),
      ]);
      return { code: crash.code, count };
    },
    expected: { code: 'command-failed', count: 499 },
  },
  {
    title: 'SPEC 3.2.6 an unknown command is told as such',
    needs: 'extended',
    run: async (mux) => {
      const failure = await failureOf(lastValueFrom((mux as Mux).call('no-such-command')));
      return failure.code;
    },
    expected: 'unknown-command',
  },
  {
    title: 'SPEC 3.9.3 arguments that break the contract are told as such, and by name',
    needs: 'extended',
    run: async (mux) => {
      const failure = await failureOf(lastValueFrom((mux as Mux).call('greet', { name: 5 })));
      return { code: failure.code, named: failure.message.includes('name') };
    },
    expected: { code: 'bad-arguments', named: true },
  },
];
