import { type Observable, of, switchMap } from 'rxjs';
import { platform } from '#platform';
import { backoffOf, newBackoff, RECONNECT } from '../backoff.js';
import { Client, type Mux } from '../client.js';
import { Connection } from '../connection.js';
import type { Commands } from '../contract.js';
import { Dispatcher } from '../dispatcher.js';
import type { OpenLine } from '../line.js';
import type { ConnectOptions } from '../options.js';
import { restartRule } from '../restart-rule.js';
import type { Status } from '../status.js';
import { socketUrl } from '../url.js';
import type { Locks } from './locks.js';
import type { PageEvents } from './page-life.js';
import { TabCommands } from './tab-commands.js';
import { openTabLine, type TabLineConfig, type TabWorker } from './tab-line.js';

const MiB = 1024 * 1024;

/** What a tab says of itself; how the worker connects is said in `serveTabs`. */
export type ConnectSharedOptions = Pick<
  ConnectOptions,
  | 'token'
  | 'reconnect'
  | 'restart'
  | 'connectTimeout'
  | 'maxQueued'
  | 'maxUploadBuffer'
  | 'limits'
  | 'trace'
  | 'log'
  | 'clock'
  | 'random'
>;

/** What is around a tab. */
export interface TabSurroundings {
  readonly locks: Locks | undefined;
  readonly page: PageEvents | undefined;
}

/** Connects as `connectShared` does, with what is around the tab. */
export function connectTab<C extends Commands = Commands>(
  openWorker: () => TabWorker,
  url: string | URL,
  options: ConnectSharedOptions,
  { locks, page }: TabSurroundings,
): Mux<C> {
  const { clock = platform.clock, random = Math.random, limits = {} } = options;
  const address = socketUrl(url, platform.baseUrl);
  const served = new TabCommands(clock, options.log);
  const dispatcher = new Dispatcher(options.maxQueued ?? 4_096, served, true);
  const config: TabLineConfig = {
    openWorker,
    url: address,
    token: options.token,
    agent: undefined,
    limits,
    codecs: [],
    contexts: undefined,
    connectTimeout: options.connectTimeout ?? 10_000,
    clock,
    served,
    locks,
    page,
  };
  let shared$: Observable<Status> | undefined;
  const open: OpenLine = async (signal) => {
    const opened = await openTabLine(config, dispatcher, signal);
    if ('reconnect' in opened) return opened;
    shared$ = opened.status$;
    return opened.line;
  };
  const connection = new Connection(
    {
      open,
      fallback: undefined,
      backoff: backoffOf(options.reconnect, RECONNECT, random),
      moving: newBackoff({}, RECONNECT, random),
      random,
      // The session is the worker's.
      resumption: undefined,
      retryFirst: true,
      renewsToken: typeof options.token === 'function',
      clock,
      holdProcess: platform.holdProcess,
    },
    dispatcher,
  );
  // While there is a port to the worker, its connection is what counts.
  const status$ = connection.status$.pipe(
    switchMap((own) => (own.state === 'open' && shared$ !== undefined ? shared$ : of(own))),
  );
  const client = new Client(
    {
      queue: dispatcher,
      served,
      clock,
      maxUploadBuffer: options.maxUploadBuffer ?? 16 * MiB,
      trace: options.trace,
      mayRestart: restartRule(options.restart),
      follow: { secure: address.startsWith('wss:'), limits },
    },
    { status$, close: () => connection.close() },
  );
  // What a command takes and yields is known to the compiler only.
  return client as unknown as Mux<C>;
}
