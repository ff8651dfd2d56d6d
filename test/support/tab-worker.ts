import type { TabWorker } from '@wiremux/client/shared-worker';
import { type ServeTabsOptions, serveTabs } from '@wiremux/client/worker';

/** A shared worker in this process: each call of the result opens a port to it, as `new SharedWorker` does. */
export function startTabWorker(options: ServeTabsOptions): () => TabWorker {
  const scope = new EventTarget();
  serveTabs(options, scope as Parameters<typeof serveTabs>[1]);
  return () => {
    const { port1, port2 } = new MessageChannel();
    scope.dispatchEvent(Object.assign(new Event('connect'), { ports: [port2] }));
    return { port: port1 };
  };
}
