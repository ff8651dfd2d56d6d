import {
  type ChannelWeight,
  type Clock,
  CloseCode,
  type ContentCodec,
  type ContextBudget,
  DEFAULT_CHANNELS,
  DEFAULT_LIMITS,
  type Dialect,
  type DialectName,
  type Limits,
  Link,
  Peer,
  type PeerEvent,
  type PeerStats,
  type ProtocolFault,
  type Transport,
  WiremuxError,
} from '@wiremux/framing';
import { Admitter, type Authenticate } from './admission.js';
import { callerOf } from './caller.js';
import type { ClientCaller } from './client-caller.js';
import type { CommandSet } from './command-set.js';
import { type RequestCounters, RequestDispatcher, type RequestSnapshot } from './dispatcher.js';
import { IdempotencyStore } from './idempotency.js';
import { type Logger, SILENT, withFields } from './logger.js';
import type { ConnectionObserver } from './observer.js';
import { type CallSnapshot, OutgoingCalls } from './outgoing-calls.js';
import { ANONYMOUS, type Principal } from './principal.js';
import type { RedirectTargets } from './redirect-targets.js';

/** What a {@link ServerConnection} is made of. */
export interface ServerConnectionOptions {
  /** Names the connection in the log and in snapshots. Default: a random UUID. */
  readonly id?: string;
  /** Not started yet; the connection owns it from now on. */
  readonly transport: Transport;
  readonly clock: Clock;
  readonly dialect: Dialect;
  /** The transport is one exchange: answers wait for the end of what the client sends (SPEC 7.6). */
  readonly halfDuplex?: boolean;
  readonly commands: CommandSet;
  readonly limits?: Partial<Limits>;
  /** Channels that answers can go on. Default: `default` and `bulk` (SPEC 8.12). */
  readonly channels?: readonly ChannelWeight[];
  /** Content encodings it can do, those it prefers first. Default: none but `identity` (SPEC 4.8). */
  readonly codecs?: readonly ContentCodec[];
  /** The contexts it may take for them: give all connections of a process the same. */
  readonly contexts?: ContextBudget;
  /** Where commands may send their callers (see `redirectTargets`). Default: nowhere. */
  readonly redirects?: RedirectTargets;
  /**
   * What keys have run: give all connections of a process the same, so that a client that has reconnected finds its own.
   * Default: one of its own.
   */
  readonly idempotency?: IdempotencyStore;
  readonly log?: Logger;
  /** Whom the connection acts for until `authenticate` says otherwise. Default: {@link ANONYMOUS}. */
  readonly principal?: Principal;
  /**
   * Asked before any request runs (SPEC 8.3.2), and again for each newer token: the connection ends when the one in force
   * has expired (SPEC 8.3.14). Only the settings of `wiremux.1` can prove who a client is: in other dialects `principal`
   * holds, and must be given.
   */
  readonly authenticate?: Authenticate;
  /** Name and version of this software, told to the client; at most 256 bytes. */
  readonly agent?: string;
  readonly observer?: ConnectionObserver;
  /** Calls of the client that wait until it takes more requests. Past it: `too-many-requests`. Default 4,096. */
  readonly maxQueuedCalls?: number;
}

/** How a connection ended. */
export interface ConnectionEnd {
  /** A WebSocket close code (SPEC 9.2). */
  readonly code: number;
  readonly reason: string;
}

/** What a connection has done so far. */
export interface ConnectionCounters {
  /** Those of the client. */
  readonly requests: RequestCounters;
  /** Those this side made of the client; `failed` counts those that ended with an error. */
  readonly calls: RequestCounters;
  readonly bytes: PeerStats['bytes'];
  readonly frames: PeerStats['frames'];
}

/** A connection as it is now, for people. */
export interface ConnectionSnapshot {
  readonly id: string;
  /** When it began, by its clock, ms. */
  readonly since: number;
  readonly dialect: DialectName;
  /** The principal's name. */
  readonly principal: string;
  readonly channels: PeerStats['streams'];
  readonly requests: readonly RequestSnapshot[];
  /** Those this side made of the client. */
  readonly calls: readonly CallSnapshot[];
}

/** Serves the commands of one set to the client at the other end of one transport. */
export class ServerConnection {
  readonly id: string;
  /** When it began, by its clock, ms. */
  readonly since: number;
  readonly dialect: Dialect;
  /** Resolves when the transport is gone. Handlers that were running have been told to stop by then. */
  readonly closed: Promise<ConnectionEnd>;
  readonly #log: Logger;
  readonly #admitter: Admitter;
  readonly #peer: Peer;
  readonly #calls: OutgoingCalls;
  readonly #dispatcher: RequestDispatcher;
  readonly #link: Link;

  /** @throws {TypeError} if nobody could say whom the connection acts for; see `authenticate` */
  constructor(options: ServerConnectionOptions) {
    const { transport, clock, dialect, commands, limits, agent, authenticate } = options;
    const { channels = DEFAULT_CHANNELS, log = SILENT, observer = {}, redirects = new Map() } = options;
    if (authenticate && !dialect.extended && !options.principal) {
      throw new TypeError(`A client cannot authenticate in ${dialect.name}: give the connection its principal.`);
    }
    this.id = options.id ?? crypto.randomUUID();
    this.since = clock.now();
    this.dialect = dialect;
    this.#log = withFields(log, { connection: this.id });
    this.#peer = new Peer({
      role: 'server',
      dialect,
      now: clock.now(),
      channels,
      authenticate: authenticate !== undefined,
      ...(options.halfDuplex === undefined ? {} : { halfDuplex: options.halfDuplex }),
      ...(options.codecs === undefined ? {} : { codecs: options.codecs }),
      ...(options.contexts === undefined ? {} : { contexts: options.contexts }),
      ...(limits === undefined ? {} : { limits }),
      ...(agent === undefined ? {} : { agent }),
    });
    this.#admitter = new Admitter({
      authenticate,
      principal: options.principal ?? ANONYMOUS,
      peer: this.#peer,
      clock,
      log: this.#log,
      close: (code, reason) => this.close(code, reason),
    });
    this.#calls = new OutgoingCalls({
      peer: this.#peer,
      clock,
      maxQueued: options.maxQueuedCalls ?? 4_096,
      refusal: this.#peer.dialect.duplex ? undefined : uncallable(),
    });
    this.#dispatcher = new RequestDispatcher({
      connection: this.id,
      peer: this.#peer,
      clock,
      log: this.#log,
      textAsBytes: dialect.textAsBytes,
      redirects,
      calls: this.#calls,
      commands,
      mostRuns: limits?.openRequests ?? DEFAULT_LIMITS.openRequests,
      idempotency: options.idempotency ?? new IdempotencyStore(clock),
      channels: new Set(channels.map(({ name }) => name)),
      observer,
    });
    let end: (how: ConnectionEnd) => void = () => undefined;
    this.closed = new Promise((resolve) => {
      end = resolve;
    });
    this.#link = new Link({
      peer: this.#peer,
      transport,
      clock,
      onEvent: (event) => this.#handle(event),
      onClosed: (code, reason) => {
        this.#admitter.stop();
        this.#calls.close(connectionLost(code, reason));
        this.#dispatcher.close();
        this.#log.debug({ code, reason }, 'The connection has ended.');
        end({ code, reason });
      },
    });
  }

  /** Whom the connection acts for. */
  get principal(): Principal {
    return this.#admitter.principal;
  }

  get counters(): ConnectionCounters {
    const { bytes, frames } = this.#peer.stats();
    return { requests: this.#dispatcher.counters, calls: this.#calls.counters, bytes, frames };
  }

  snapshot(): ConnectionSnapshot {
    const { streams, requests } = this.#peer.stats();
    return {
      id: this.id,
      since: this.since,
      dialect: this.dialect.name,
      principal: this.principal.name,
      channels: streams,
      requests: this.#dispatcher.snapshot(requests),
      calls: this.#calls.snapshot(),
    };
  }

  /** The commands that the client serves. Calls can be made at once: they wait until the connection is ready. */
  get client(): ClientCaller {
    return callerOf(this.#calls);
  }

  /** Ends the connection: its handlers are told to stop, and its transport is closed with this code (SPEC 9.2). */
  close(code: CloseCode = CloseCode.Normal, reason = ''): void {
    this.#link.close(code, reason);
  }

  #handle(event: PeerEvent): void {
    switch (event.kind) {
      case 'request':
      case 'data':
      case 'data-end':
      case 'answer-writable':
      case 'cancelled':
        this.#dispatcher.handle(event, this.principal);
        return;
      case 'authenticate':
        void this.#admitter.admit(event.settings);
        return;
      case 'token':
        void this.#admitter.renew(event.settings);
        return;
      case 'ready':
        this.#log.debug({ dialect: this.dialect.name, agent: event.settings.agent }, 'The connection is ready.');
        this.#calls.ready();
        return;
      case 'closing':
        this.#onClosing(event.fault);
        return;
      case 'slots-free':
        this.#calls.openWaiting();
        return;
      case 'answering':
      case 'values':
      case 'bytes':
      case 'output':
      case 'progress':
      case 'upload-writable':
      case 'upload-refused':
      case 'ended':
      case 'failed':
      case 'stopped':
      case 'redirected':
        this.#calls.receive(event);
        return;
      case 'resumed':
      case 'leaving':
      case 'session-lost':
        // Of sessions, which are not granted.
        return;
      case 'pong':
        // Of the pings that the core sends by itself.
        return;
      case 'token-answered':
        // Only a client has a token to refresh.
        return;
    }
  }

  /** The connection is dead, though the transport may take its time to close: handlers are told at once (SPEC 5.11). */
  #onClosing({ rule, message, closeCode }: ProtocolFault): void {
    this.#log.info({ rule, code: closeCode }, `The connection is being closed: ${message}`);
    const error = connectionLost(closeCode, message);
    this.#calls.close(error);
    this.#dispatcher.cancelAll(error);
  }
}

function connectionLost(code: number, message: string): WiremuxError {
  const why = message === '' ? `code ${code}` : `${message} (code ${code})`;
  return new WiremuxError('connection-lost', `The connection ended: ${why}`);
}

function uncallable(): WiremuxError {
  const message = 'This client cannot be called: that needs the dialect `wiremux.1` over a WebSocket.';
  return new WiremuxError('unsupported', message);
}

/** Begins to serve a transport; see {@link ServerConnection}. */
export function serveConnection(options: ServerConnectionOptions): ServerConnection {
  return new ServerConnection(options);
}
