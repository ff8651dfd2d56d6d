import { concatMap, from, lastValueFrom, range, toArray } from 'rxjs';
import type { ContractCase } from '../contract-case.js';
import { pattern } from './pattern.js';

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
    title: 'SPEC 8.5.6 a source waits for a command that reads no more, and others run on',
    needs: 'duplex',
    run: async (mux) => {
      const size = 10_000;
      let read = 0;
      let returned = false;
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) {
            read += size;
            yield pattern(size);
          }
        } finally {
          returned = true;
        }
      }
      const held = mux.iterate('hold', { label: 'unread' }, { data: endless() })[Symbol.asyncIterator]();
      const { value = 0 } = await held.next();
      // Each answer comes over the same connection: time enough for a source that does not wait to run away.
      await lastValueFrom(range(0, 50).pipe(concatMap(() => mux.call('greet', { name: 'Ada' }))));
      const ahead = read;
      await held.return?.();
      return { begun: value > 0, bounded: ahead < 1024 * 1024, returned };
    },
    expected: { begun: true, bounded: true, returned: true },
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
