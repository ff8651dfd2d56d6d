import { type Commands, connect, type Mux } from '@wiremux/client';
import { filter, firstValueFrom, map } from 'rxjs';
import { afterEach } from 'vitest';
import type { contract } from './commands.js';

/** A client of the commands of `commands.ts`. */
export type TestMux = Mux<typeof contract>;

/** Clients to be closed when the test is over. */
const open = new Set<{ close(): void }>();

/** Connects for the length of one test; a lost connection stays lost. Call {@link closeClientsAfterEach} once before. */
export function connectForTest<C extends Commands = typeof contract>(url: string): Mux<C> {
  const mux = connect<C>(url, { reconnect: false });
  open.add(mux);
  return mux;
}

/** Closes what {@link connectForTest} opened. */
export function closeClientsAfterEach(): void {
  afterEach(() => {
    for (const mux of open) mux.close();
    open.clear();
  });
}

/** The code of the abort that the `hang` or `flood` of that label got, when it comes. */
export function abortOf(mux: TestMux, label: string): Promise<string> {
  return firstValueFrom(
    mux.call('aborts').pipe(
      filter((abort) => abort.label === label),
      map((abort) => abort.code),
    ),
  );
}
