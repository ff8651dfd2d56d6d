import { concatMap, from, lastValueFrom, range, toArray } from 'rxjs';
import type { ContractCase } from '../contract-case.js';

/** What waits for whom. */
export const flow: readonly ContractCase[] = [
  {
    title: 'SPEC 8.5.6 a command waits for a consumer that takes no more, and others run on',
    needs: 'duplex',
    run: async (mux) => {
      const size = 10_000;
      const flood = mux.iterate('flood', { label: 'held', size })[Symbol.asyncIterator]();
      await flood.next();
      // Each answer comes over the same connection: time enough for a flood that does not wait to run away.
      const sent = await lastValueFrom(range(0, 50).pipe(concatMap(() => mux.call('flooded', { label: 'held' }))));
      await flood.return?.();
      return sent * size < 1024 * 1024;
    },
    expected: true,
  },
  {
    title: 'SPEC 8.12.4 a small answer passes a large one',
    needs: 'cancel',
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
