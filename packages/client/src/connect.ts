import { platform } from '#platform';
import { Backoff } from './backoff.js';
import { Client, type Mux } from './client.js';
import { Connection } from './connection.js';
import type { Commands } from './contract.js';
import { Dispatcher } from './dispatcher.js';
import type { ConnectOptions } from './options.js';
import { socketUrl } from './url.js';

const MiB = 1024 * 1024;

/**
 * Connects to the gateway at `url` (ws, wss, http or https; relative to the page in a browser) and keeps the
 * connection until {@link Mux.close}. Requests can be made at once: they wait until it is open.
 * @throws WiremuxError `connect-failed` if `url` is no such address.
 */
export function connect<C extends Commands = Commands>(url: string | URL, options: ConnectOptions = {}): Mux<C> {
  const { reconnect = {}, clock = platform.clock, random = Math.random } = options;
  const dispatcher = new Dispatcher(options.maxQueued ?? 4_096);
  const connection = new Connection(
    {
      url: socketUrl(url, platform.baseUrl),
      dialects: options.dialects ?? ['wiremux.1'],
      token: options.token,
      agent: options.agent,
      limits: options.limits ?? {},
      backoff:
        reconnect === false
          ? undefined
          : new Backoff(
              { initial: reconnect.initial ?? 250, max: reconnect.max ?? 30_000, factor: reconnect.factor ?? 2 },
              random,
            ),
      retryFirst: options.retryFirst ?? true,
      connectTimeout: options.connectTimeout ?? 10_000,
      dial: options.transport ?? platform.dial,
      clock,
      holdProcess: platform.holdProcess,
    },
    dispatcher,
  );
  const client = new Client(
    { queue: dispatcher, clock, maxUploadBuffer: options.maxUploadBuffer ?? 16 * MiB },
    connection,
  );
  // What a command takes and yields is known to the compiler only.
  return client as unknown as Mux<C>;
}
