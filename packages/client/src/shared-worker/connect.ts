/** The client for pages whose tabs share one connection, that of a worker which runs `@wiremux/client/worker`. */

import type { Mux } from '../client.js';
import type { Commands } from '../contract.js';
import { type ConnectSharedOptions, connectTab } from './connect-tab.js';
import type { Locks } from './locks.js';
import type { TabWorker } from './tab-line.js';

export type { ConnectSharedOptions } from './connect-tab.js';
export type { TabWorker } from './tab-line.js';

/**
 * Connects to the gateway at `url` over the connection of a shared worker, which all tabs use that give it the same `url`
 * and `token`. It is used as what `connect` returns is.
 * @param openWorker opens a port to the worker, each time it is called: `() => new SharedWorker(…)`.
 * @throws WiremuxError `connect-failed` if `url` is no address.
 */
export function connectShared<C extends Commands = Commands>(
  openWorker: () => TabWorker,
  url: string | URL,
  options: ConnectSharedOptions = {},
): Mux<C> {
  const isPage = 'document' in globalThis;
  const { locks } = (globalThis.navigator ?? {}) as { readonly locks?: Locks };
  return connectTab<C>(openWorker, url, options, { locks, page: isPage ? globalThis : undefined });
}
