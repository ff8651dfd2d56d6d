import {
  type Clock,
  CloseCode,
  type DialectName,
  dialectByName,
  type Limits,
  Link,
  Peer,
  type PeerEvent,
  type PeerSettings,
  type ProtocolFault,
  WiremuxError,
} from '@wiremux/framing';
import { type Observable, ReplaySubject } from 'rxjs';
import type { Backoff } from './backoff.js';
import { type CloseMeaning, closeMeaning } from './close-codes.js';
import { connectFailed, type Dialed, dialOnce, type Token } from './dialing.js';
import type { Status } from './status.js';
import type { Dial } from './transport/dial.js';

/** A connection that has been open for this long counts as one that works, ms. */
const STABLE_AFTER = 5_000;

export interface ConnectionConfig {
  readonly url: string;
  readonly dialects: readonly DialectName[];
  readonly token: Token;
  readonly agent: string | undefined;
  readonly limits: Partial<Limits>;
  /** Undefined: what is lost stays lost. */
  readonly backoff: Backoff | undefined;
  readonly retryFirst: boolean;
  readonly connectTimeout: number;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly holdProcess: () => () => void;
}

export interface ConnectionHandlers {
  /** Requests flow, over this peer. */
  connected(peer: Peer): void;
  /** What happened at that peer. */
  receive(peer: Peer, event: PeerEvent): void;
  /** That peer is gone; another may come. */
  disconnected(): void;
  /** There will be no other peer. */
  close(error: WiremuxError): void;
}

/** Keeps a connection to one address: makes it, and makes it again when it is lost, until closed. */
export class Connection {
  readonly status$: Observable<Status>;
  readonly #status = new ReplaySubject<Status>(1);
  readonly #config: ConnectionConfig;
  readonly #handlers: ConnectionHandlers;
  #peer: Peer | undefined;
  #link: Link | undefined;
  #fault: ProtocolFault | undefined;
  /** Ends the attempt, or the wait for the next one. */
  #stop: (() => void) | undefined;
  #everOpen = false;
  /** Since when requests flow on this transport. */
  #openSince: number | undefined;
  #closed = false;

  constructor(config: ConnectionConfig, handlers: ConnectionHandlers) {
    this.#config = config;
    this.#handlers = handlers;
    this.status$ = this.#status.asObservable();
    this.#connect(undefined);
  }

  close(): void {
    if (this.#closed) return;
    const link = this.#link;
    this.#finish(new WiremuxError('closed', 'The client was closed. Make a new one with connect().'), undefined);
    link?.close(CloseCode.Normal, '');
  }

  #connect(reason: WiremuxError | undefined): void {
    const attempt = (this.#config.backoff?.failures ?? 0) + 1;
    this.#status.next({ state: 'connecting', attempt, ...(reason === undefined ? {} : { reason }) });
    void this.#dial();
  }

  async #dial(): Promise<void> {
    const { connectTimeout, ...config } = this.#config;
    const abort = new AbortController();
    this.#stop = () => abort.abort();
    let dialed: Dialed;
    try {
      dialed = await dialOnce({ ...config, timeout: connectTimeout }, abort);
    } catch (error) {
      if (!this.#closed) this.#retry(error as WiremuxError, closeMeaning(1006));
      return;
    }
    if (this.#closed) dialed.transport.terminate();
    else this.#attach(dialed);
  }

  #attach({ transport, token }: Dialed): void {
    this.#stop = undefined;
    const { url, agent, limits, clock } = this.#config;
    const dialect = dialectByName(transport.protocol);
    if (dialect === undefined) {
      transport.terminate();
      const chosen = transport.protocol === '' ? 'no dialect' : `the dialect "${transport.protocol}"`;
      this.#retry(connectFailed(url, `it chose ${chosen}, which this client does not speak.`), closeMeaning(1006));
      return;
    }
    const peer = new Peer({
      role: 'client',
      dialect,
      now: clock.now(),
      limits,
      ...(agent === undefined ? {} : { agent }),
      ...(token === undefined ? {} : { token }),
    });
    this.#peer = peer;
    this.#link = new Link({
      peer,
      transport,
      clock,
      onEvent: (event) => this.#receive(peer, event),
      onClosed: (code, reason) => this.#lost(peer, code, reason),
    });
  }

  #receive(peer: Peer, event: PeerEvent): void {
    if (this.#peer !== peer) return;
    if (event.kind === 'closing') this.#fault = event.fault;
    if (event.kind === 'ready') this.#ready(peer, event.settings);
    this.#handlers.receive(peer, event);
  }

  #ready(peer: Peer, { agent }: PeerSettings): void {
    this.#everOpen = true;
    this.#openSince = this.#config.clock.now();
    this.#status.next({ state: 'open', dialect: peer.dialect.name, ...(agent === undefined ? {} : { agent }) });
    this.#handlers.connected(peer);
  }

  #lost(peer: Peer, code: number, reason: string): void {
    if (this.#peer !== peer) return;
    const { backoff, clock } = this.#config;
    if (this.#openSince !== undefined && clock.now() - this.#openSince >= STABLE_AFTER) backoff?.reset();
    const meaning = closeMeaning(this.#fault?.closeCode ?? code);
    const error = this.#fault === undefined ? closeError(meaning, code, reason) : faultError(meaning, this.#fault);
    this.#drop();
    this.#handlers.disconnected();
    this.#retry(error, meaning);
  }

  /** Connects again after a while, or not, as the options and the meaning of the close say. */
  #retry(reason: WiremuxError, { reconnect }: CloseMeaning): void {
    const { backoff, retryFirst, token, clock, holdProcess } = this.#config;
    const isOffered = reconnect === 'new-token' ? typeof token === 'function' : reconnect;
    if (backoff === undefined || !isOffered || !(this.#everOpen || retryFirst)) {
      this.#finish(reason, reason);
      return;
    }
    const retryIn = backoff.next();
    const letGo = holdProcess();
    const stopTimer = clock.timer(retryIn, () => {
      letGo();
      this.#connect(reason);
    });
    this.#stop = () => {
      letGo();
      stopTimer();
    };
    this.#status.next({ state: 'waiting', attempt: backoff.failures + 1, retryIn, reason });
  }

  #finish(error: WiremuxError, reason: WiremuxError | undefined): void {
    this.#closed = true;
    this.#stop?.();
    this.#drop();
    this.#status.next({ state: 'closed', ...(reason === undefined ? {} : { reason }) });
    this.#status.complete();
    this.#handlers.close(error);
  }

  #drop(): void {
    this.#peer = undefined;
    this.#link = undefined;
    this.#fault = undefined;
    this.#openSince = undefined;
  }
}

function closeError({ code, message }: CloseMeaning, closeCode: number, reason: string): WiremuxError {
  return new WiremuxError(code, `${message} (close ${closeCode}${reason === '' ? '' : `: ${reason}`})`);
}

function faultError({ code }: CloseMeaning, { rule, message, closeCode, reported }: ProtocolFault): WiremuxError {
  const blame = closeCode === CloseCode.Protocol && reported !== true ? 'The gateway broke the protocol: ' : '';
  return new WiremuxError(code, `${blame}${message} (SPEC ${rule})`);
}
