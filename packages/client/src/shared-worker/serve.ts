/** What a shared worker runs so that tabs share its connection; the pages use `@wiremux/client/shared-worker`. */

import type { Locks } from './locks.js';
import { type ServeTabsOptions, TabServer } from './tab-server.js';

export type { ServeTabsOptions } from './tab-server.js';

/** The part of a shared worker's global scope that is used. */
export interface ConnectScope {
  addEventListener(type: 'connect', listener: (event: MessageEvent) => void): void;
}

/**
 * Connects to gateways for the tabs that connect to this worker, which share one connection for each address and token.
 * Call it once, as the script begins: tabs that connect before it are not heard.
 * @param scope the worker's own, unless a test has another.
 */
export function serveTabs(options: ServeTabsOptions = {}, scope: ConnectScope = globalThis): void {
  const { locks } = (globalThis.navigator ?? {}) as { readonly locks?: Locks };
  const server = new TabServer(options, locks);
  scope.addEventListener('connect', ({ ports: [port] }) => {
    if (port !== undefined) server.accept(port);
  });
}
