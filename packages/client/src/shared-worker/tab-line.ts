import { type Clock, CloseCode, WIREMUX_1, WiremuxError } from '@wiremux/framing';
import { type Observable, ReplaySubject } from 'rxjs';
import type { ClientPeerOptions } from '../client-peer.js';
import { currentToken, type Token } from '../dialing.js';
import type { RunSource } from '../dispatcher.js';
import { isLoss, type Line, type Loss } from '../line.js';
import { openSocketLine } from '../socket-line.js';
import type { Status } from '../status.js';
import type { DialedTransport } from '../transport/dial.js';
import { holdLock, type Locks, whenFree } from './locks.js';
import { fromPortStatus, PORT_VERSION, type ToTab, type ToWorker } from './messages.js';
import { type PageEvents, watchPage } from './page-life.js';
import { PortTransport } from './port-transport.js';
import type { TabCommands } from './tab-commands.js';

/** A shared worker, or what stands for one in a test. */
export interface TabWorker {
  readonly port: MessagePort;
  /** It could not be loaded. */
  addEventListener?(type: 'error', listener: () => void): void;
}

/** What a line to the worker is made of. */
export interface TabLineConfig extends ClientPeerOptions {
  readonly openWorker: () => TabWorker;
  /** The gateway's WebSocket address. */
  readonly url: string;
  readonly token: Token;
  readonly connectTimeout: number;
  readonly clock: Clock;
  readonly served: TabCommands;
  readonly locks: Locks | undefined;
  readonly page: PageEvents | undefined;
}

/** A line to the worker, and how the worker's connection is. */
export interface TabLine {
  readonly line: Line;
  readonly status$: Observable<Status>;
}

/** Opens a port to the worker, and waits until requests flow. */
export async function openTabLine(
  config: TabLineConfig,
  source: RunSource,
  signal: AbortSignal,
): Promise<TabLine | Loss> {
  const status$ = new ReplaySubject<Status>(1);
  /** Why the worker's connection has ended for good. */
  let end: Loss | undefined;
  const onStatus = (status: Status): void => {
    if (status.state !== 'closed') status$.next(status);
    else end = { error: status.reason ?? workerClosed(), reconnect: false };
  };
  const dial = (): Promise<DialedTransport> => openPort(config, onStatus);
  const port = { ...config, token: undefined, hosts: undefined, dialects: [WIREMUX_1], dial, session: false };
  const line = await openSocketLine(port, source, signal);
  if (isLoss(line)) return end ?? line;
  const lost = line.lost.then((loss) => end ?? loss);
  const { transport, dialect, agent } = line;
  const named: Line = {
    transport,
    dialect,
    agent,
    lost,
    // It is the worker that moves.
    leaving: undefined,
    session: undefined,
    open: (run) => line.open(run),
    send: () => line.send(),
    flush: () => line.flush(),
    retire: () => line.retire(),
  };
  return { line: named, status$ };
}

/** Says hello; the port is open then, whatever becomes of the worker. */
async function openPort(config: TabLineConfig, onStatus: (status: Status) => void): Promise<DialedTransport> {
  const { openWorker, url, token, clock, served, locks, page } = config;
  const proof = await currentToken(token);
  const lock = await holdLock(locks);
  const worker = openWorker();
  let stopWaiting = (): void => undefined;
  const transport: PortTransport<ToWorker> = new PortTransport(worker.port, clock, (data) => {
    const message = data as ToTab;
    if (message.kind === 'status') onStatus(fromPortStatus(message.status));
    else if (message.kind === 'token') void giveToken(token, transport);
    else if (message.kind === 'lock') stopWaiting = whenFree(locks, message.name, () => transport.lose());
  });
  const announce = (): void => transport.post({ kind: 'serves', names: served.names });
  transport.post({
    kind: 'hello',
    version: PORT_VERSION,
    url,
    token: proof,
    renewsToken: typeof token === 'function',
    lock: lock?.name,
  });
  announce();
  served.onChange = announce;
  const stopWatching = watchPage(page, {
    // A page that is put away is told nothing, and may never come back: what it holds is given up while it can be.
    hidden: () => transport.close(CloseCode.GivenUp, 'The page was put away.'),
    front: () => transport.post({ kind: 'front' }),
  });
  worker.addEventListener?.('error', () => transport.lose('The shared worker could not be loaded.'));
  void transport.over.then(() => {
    stopWatching();
    stopWaiting();
    lock?.release();
  });
  return transport;
}

async function giveToken(token: Token, transport: PortTransport<ToWorker>): Promise<void> {
  try {
    transport.post({ kind: 'token', token: (await currentToken(token)) ?? '' });
  } catch (thrown) {
    transport.post({ kind: 'no-token', message: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

function workerClosed(): WiremuxError {
  return new WiremuxError(
    'closed',
    'The shared worker has closed its connection. Make a new one with connectShared().',
  );
}
