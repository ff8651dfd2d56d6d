import { firstValueFrom, lastValueFrom } from 'rxjs';
import type { ContractCase } from '../contract-case.js';
import { failureOf } from './failure.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** What a request says of itself beside its command. */
export const extras: readonly ContractCase[] = [
  {
    title: 'SPEC 8.11.5, 8.11.9 deadline and trace reach the handler',
    needs: 'extended',
    run: (mux) => lastValueFrom(mux.call('told', {}, { deadline: 60_000, trace: TRACE })),
    expected: { hasTime: true, trace: TRACE },
  },
  {
    title: 'SPEC 8.11.9 what is no trace is left out',
    run: (mux) => lastValueFrom(mux.call('told', {}, { trace: 'none' })),
    expected: { hasTime: false, trace: null },
  },
  {
    title: 'SPEC 8.11.11 a second request with a key gets the answer of the first',
    needs: 'duplex',
    run: async (mux) => {
      const options = { idempotencyKey: crypto.randomUUID() };
      const first = await lastValueFrom(mux.call('ran', { label: 'a' }, options));
      const second = await lastValueFrom(mux.call('ran', { label: 'a' }, options));
      const other = await lastValueFrom(mux.call('ran', { label: 'a' }));
      return [second - first, other > first];
    },
    expected: [0, true],
  },
  {
    title: 'SPEC 8.11.12 a key does not stand for other arguments',
    needs: 'duplex',
    run: async (mux) => {
      const options = { idempotencyKey: crypto.randomUUID() };
      await lastValueFrom(mux.call('ran', { label: 'a' }, options));
      const { code } = await failureOf(lastValueFrom(mux.call('ran', { label: 'b' }, options)));
      return code;
    },
    expected: 'idem-mismatch',
  },
  {
    title: 'SPEC 8.11.11, 8.11.13 a key is taken while its command runs, and free once that was cancelled',
    needs: 'duplex',
    run: async (mux) => {
      const options = { idempotencyKey: crypto.randomUUID() };
      const args = { label: `keyed ${options.idempotencyKey}` };
      const controller = new AbortController();
      const first = mux.request('hang', args, { ...options, signal: controller.signal });
      const values = first[Symbol.asyncIterator]();
      await values.next();
      const { code, data } = await failureOf(lastValueFrom(mux.call('hang', args, options)));
      const proof = lastValueFrom(first.state$);
      controller.abort();
      const end = await proof;
      const again = await firstValueFrom(mux.call('hang', args, options));
      return { code, data, result: 'result' in end && end.result, ranAgain: again === args.label };
    },
    expected: { code: 'duplicate', data: { state: 'running' }, result: 'stopped', ranAgain: true },
  },
];
