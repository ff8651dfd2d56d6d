import { firstValueFrom, lastValueFrom, tap } from 'rxjs';
import { abortOf } from '../../support/aborts.js';
import type { ContractCase } from '../contract-case.js';
import { failureOf } from './failure.js';

/** Where there is no cancel frame a handler learns only that nobody is there any more. */
function isAbort(code: string): boolean {
  return code === 'aborted' || code === 'connection-lost';
}

/** How a call is ended before it ends. */
export const cancels: readonly ContractCase[] = [
  {
    title: 'SPEC 8.6.3 unsubscribing fires the signal of the handler',
    needs: 'cancel',
    run: async (mux) => {
      await firstValueFrom(mux.call('hang', { label: 'unsubscribed' }));
      return isAbort(await abortOf(mux, 'unsubscribed'));
    },
    expected: true,
  },
  {
    title: 'SPEC 8.6.3 leaving an iteration fires the signal of the handler',
    needs: 'cancel',
    run: async (mux) => {
      for await (const _ of mux.iterate('flood', { label: 'left', size: 100 })) break;
      return isAbort(await abortOf(mux, 'left'));
    },
    expected: true,
  },
  {
    title: 'SPEC 8.6.4 a cancelled command proves that it stopped',
    needs: 'duplex',
    run: async (mux) => {
      const controller = new AbortController();
      const request = mux.request('hang', { label: 'proved' }, { signal: controller.signal });
      const ended = lastValueFrom(request.state$);
      const failure = failureOf(lastValueFrom(request.values$.pipe(tap(() => controller.abort()))));
      const end = await ended;
      return {
        code: (await failure).code,
        result: 'result' in end && end.result,
        aborted: await abortOf(mux, 'proved'),
      };
    },
    expected: { code: 'aborted', result: 'stopped', aborted: 'aborted' },
  },
  {
    title: 'SPEC 8.6.1 a deadline cancels the command',
    needs: 'cancel',
    run: async (mux) => {
      const failure = await failureOf(lastValueFrom(mux.call('hang', { label: 'late' }, { deadline: 1 })));
      return failure.code;
    },
    expected: 'timeout',
  },
  {
    title: 'SPEC 5.9, 9.2.1 closing the connection fires the signals of its handlers and fails its requests',
    run: async (mux, connect) => {
      const other = connect();
      // Of its own in every dialect, which may share a gateway that remembers.
      const label = `closed ${crypto.randomUUID()}`;
      const hang = failureOf(lastValueFrom(other.call('hang', { label }).pipe(tap(() => other.close()))));
      await abortOf(mux, label);
      const failure = await hang;
      return failure.code;
    },
    expected: 'closed',
  },
];
