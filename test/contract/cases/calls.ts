import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import type { ContractCase } from '../contract-case.js';
import { pattern } from './pattern.js';

const MiB = 1024 * 1024;

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

/** What a call yields, and says beside it. */
export const calls: readonly ContractCase[] = [
  {
    title: 'SPEC 3.4.1 values arrive complete and in order',
    run: (mux) => lastValueFrom(mux.call('count', { to: 1_000 }).pipe(toArray())),
    expected: Array.from({ length: 1_000 }, (_, at) => at),
  },
  {
    title: 'SPEC 3.4.5 an answer without values ends',
    run: (mux) => lastValueFrom(mux.call('nothing').pipe(toArray())),
    expected: [],
  },
  {
    title: 'SPEC 3.1.3 text arguments reach a contract that asks for text',
    run: (mux) => firstValueFrom(mux.call('greet', { name: 'Zoë' })),
    expected: 'Hello Zoë!',
  },
  {
    title: 'SPEC 3.1.3 values keep their types both ways',
    needs: 'extended',
    run: (mux) => firstValueFrom(mux.call('same', VALUES)),
    expected: VALUES,
  },
  {
    title: 'SPEC 3.4.1 a value larger than many frames arrives whole',
    run: async (mux) => {
      const text = await firstValueFrom(mux.call('repeat', { letter: 'ü', size: MiB }));
      return { length: text.length, whole: text === 'ü'.repeat(MiB) };
    },
    expected: { length: MiB, whole: true },
  },
  {
    title: 'SPEC 5.3 300 requests run at once on one connection',
    run: async (mux) => {
      const all = Array.from({ length: 300 }, (_, at) => firstValueFrom(mux.call('greet', { name: String(at) })));
      return (await Promise.all(all)).every((text, at) => text === `Hello ${at}!`);
    },
    expected: true,
  },
  {
    title: 'SPEC 8.4.10 more requests than may be open at once wait for their turn',
    needs: 'extended',
    run: async (mux) => {
      const all = Array.from({ length: 2_000 }, () => lastValueFrom(mux.call('count', { to: 2 })));
      return (await Promise.all(all)).reduce((sum, last) => sum + last, 0);
    },
    expected: 2_000,
  },
  {
    title: 'SPEC 3.6, 3.7 a request tells its progress and prints beside its values',
    run: async (mux) => {
      const request = mux.request('narrate', { steps: 3 });
      const output = lastValueFrom(request.output$.pipe(toArray()));
      const progress = lastValueFrom(request.progress$.pipe(toArray()));
      const values = await lastValueFrom(request.values$.pipe(toArray()));
      const last = (await progress).at(-1);
      const topics = await lastValueFrom(request.topics$);
      return {
        values,
        topics,
        output: await output,
        lastProgress: { topic: last?.topic, pos: last?.pos, total: last?.total },
      };
    },
    expected: {
      values: [3],
      topics: [],
      output: [
        [{ text: '%s steps to go', args: ['3'], labels: [] }],
        [{ text: 'done', args: [], labels: ['success'] }],
      ],
      lastProgress: { topic: 'steps', pos: -1, total: 3 },
    },
  },
];
