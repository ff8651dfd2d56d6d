import type { Mux } from '@wiremux/client';
import { filter, firstValueFrom, map } from 'rxjs';
import type { contract } from './commands.js';

/** A client of the commands of `commands.ts`. */
export type TestMux = Mux<typeof contract>;

/** The code of the abort that the `hang` or `flood` of that label got, when it comes. */
export function abortOf(mux: TestMux, label: string): Promise<string> {
  return firstValueFrom(
    mux.call('aborts').pipe(
      filter((abort) => abort.label === label),
      map((abort) => abort.code),
    ),
  );
}
