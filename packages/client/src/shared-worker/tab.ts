import {
  type Clock,
  CloseCode,
  type Limits,
  Link,
  Peer,
  type PeerEvent,
  Responder,
  WIREMUX_1,
  WiremuxError,
} from '@wiremux/framing';
import { PeerRuns } from '../peer-runs.js';
import type { RunContext } from '../run-context.js';
import type { Status } from '../status.js';
import { type HeldLock, type Locks, whenFree } from './locks.js';
import { type Hello, PORT_VERSION, type ToTab, toPortStatus } from './messages.js';
import { PortTransport } from './port-transport.js';
import { Relay } from './relay.js';
import type { SharedConnection } from './shared-connection.js';

/** What every tab of a worker needs of it. */
export interface TabHost {
  readonly clock: Clock;
  readonly locks: Locks | undefined;
  /** The worker's own, which tabs wait for. */
  readonly lock: Promise<HeldLock | undefined>;
  readonly helloTimeout: number;
  /** Bounds of what a tab may hold of the worker. */
  readonly limits: Partial<Limits>;
  /** Commands one tab may serve. */
  readonly maxServed: number;
  /** The connection for a tab that says this; it may be that of others. Undefined: its address is none. */
  connectionFor(hello: Hello): SharedConnection | undefined;
  /** The tab is gone. */
  left(tab: Tab): void;
}

/** The worker's end of one tab: passes its requests on to the connection it shares, and those for it back. */
export class Tab {
  readonly #host: TabHost;
  readonly #transport: PortTransport<ToTab>;
  #connection: SharedConnection | undefined;
  #runs: PeerRuns | undefined;
  #served: ReadonlySet<string> = new Set();
  /** Its settings are here: it can be asked. */
  #ready = false;
  /** Somebody waits for a token of it. */
  #askers: { readonly resolve: (token: string) => void; readonly reject: (error: Error) => void }[] = [];
  /** Ends what waits for the tab to do something. */
  #stopWatching: () => void;

  constructor(port: MessagePort, host: TabHost) {
    this.#host = host;
    this.#transport = new PortTransport(port, host.clock, (message) => this.#receive(message as { kind?: unknown }));
    this.#stopWatching = host.clock.timer(host.helloTimeout, () => {
      this.close(CloseCode.HandshakeTimeout, 'A tab said nothing.');
    });
    void this.#transport.over.then(() => {
      if (this.#runs === undefined) this.#gone();
    });
  }

  /** Whether the gateway can have this command run in it. */
  serves(name: string): boolean {
    return this.#ready && this.#served.has(name);
  }

  /** Where commands that it serves are run. */
  asked(context: RunContext): RunContext {
    const queue: RunContext['queue'] = {
      submit: (run) => this.#runs?.open(run),
      goesElsewhere: () => undefined,
      withdraw: () => undefined,
    };
    return { ...context, queue };
  }

  tell(status: Status): void {
    this.#transport.post({ kind: 'status', status: toPortStatus(status) });
  }

  /** Another token; rejects where the tab has none, or goes. */
  token(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#askers.push({ resolve, reject });
      if (this.#askers.length === 1) this.#transport.post({ kind: 'token' });
    });
  }

  /** Ends it from this side. */
  close(code: number, reason: string): void {
    this.#transport.close(code, reason);
  }

  #receive(message: { readonly kind?: unknown }): void {
    if (message.kind === 'hello') this.#hello(message as Hello);
    else if (this.#connection === undefined) this.close(CloseCode.Policy, 'A tab did not say hello first.');
    else this.#told(message as { readonly kind: string }, this.#connection);
  }

  #hello(hello: Hello): void {
    if (this.#connection !== undefined) return;
    if (hello.version !== PORT_VERSION) {
      this.close(CloseCode.ProtocolFromBrowser, 'The page and its shared worker are of different versions: reload it.');
      return;
    }
    const connection = this.#host.connectionFor(hello);
    if (connection === undefined) {
      this.close(CloseCode.Policy, 'A tab named no address that can be connected to.');
      return;
    }
    this.#stopWatching();
    this.#stopWatching = whenFree(this.#host.locks, hello.lock, () => this.#transport.lose());
    void this.#host.lock.then((lock) => {
      if (lock !== undefined) this.#transport.post({ kind: 'lock', name: lock.name });
    });
    this.#connection = connection;
    this.#link(connection);
    connection.join(this);
  }

  #link(connection: SharedConnection): void {
    const { clock, limits } = this.#host;
    const peer = new Peer({ role: 'server', responder: Responder, dialect: WIREMUX_1, now: clock.now(), limits });
    const relay = new Relay(peer, clock, () => connection.context);
    const link = new Link({
      peer,
      transport: this.#transport,
      clock,
      onEvent: (event) => this.#event(event),
      onClosed: () => this.#gone(),
    });
    this.#runs = new PeerRuns(peer, () => link.close(CloseCode.Normal, ''), {
      attach: (_peer, take) => take(relay),
      release: () => undefined,
    });
  }

  #event(event: PeerEvent): void {
    if (event.kind === 'ready') this.#ready = true;
    this.#runs?.receive(event);
  }

  #told(message: { readonly kind: string; readonly [key: string]: unknown }, connection: SharedConnection): void {
    switch (message.kind) {
      case 'front':
        connection.toFront(this);
        return;
      case 'serves':
        this.#serve(message['names']);
        return;
      case 'token':
        for (const { resolve } of this.#askers.splice(0)) resolve(String(message['token']));
        return;
      case 'no-token':
        for (const { reject } of this.#askers.splice(0)) reject(new Error(String(message['message'])));
        return;
      default:
        // A later version may say more.
        return;
    }
  }

  #serve(names: unknown): void {
    if (Array.isArray(names) && names.length <= this.#host.maxServed) this.#served = new Set(names);
    else this.close(CloseCode.Policy, `A tab may serve ${this.#host.maxServed} commands at most.`);
  }

  #gone(): void {
    this.#stopWatching();
    this.#ready = false;
    const error = new WiremuxError('connection-lost', 'The tab is gone.');
    for (const { reject } of this.#askers.splice(0)) reject(error);
    this.#connection?.leave(this);
    this.#host.left(this);
  }
}
