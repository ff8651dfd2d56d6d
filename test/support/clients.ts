import { type Commands, type ConnectOptions, connect, type Mux } from '@wiremux/client';
import { afterEach } from 'vitest';
import type { contract } from './commands.js';

/** They end with the test that made them. */
const open = new Set<{ close(): void }>();
afterEach(() => {
  for (const mux of open) mux.close();
  open.clear();
});

/** Connects for the length of one test; a lost connection stays lost. */
export function connectForTest<C extends Commands = typeof contract>(
  url: string,
  options: ConnectOptions = {},
): Mux<C> {
  const mux = connect<C>(url, { reconnect: false, ...options });
  open.add(mux);
  return mux;
}
