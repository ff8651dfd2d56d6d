import {
  type ChannelWeight,
  CloseCode,
  DEFAULT_CHANNELS,
  DEFAULT_LIMITS,
  type Dialect,
  type DrainNotice,
  Link,
  type LinkHost,
  Peer,
  type PeerEvent,
  type PeerSettings,
  type ProtocolFault,
  peerStats,
  Responder,
  WiremuxError,
} from '@wiremux/framing';
import { TokenRefresh } from '@wiremux/framing/tokens';
import { type AdmissionHost, type AdmissionTerms, Admitter } from './admission.js';
import { callerOf } from './caller.js';
import type { ClientCaller } from './client-caller.js';
import type { ConnectionCounters, ConnectionEnd, ConnectionSnapshot } from './connection-facts.js';
import type { ConnectionOptions, ServerConnectionOptions, ServiceOptions } from './connection-options.js';
import { type RequestCounters, RequestDispatcher } from './dispatcher.js';
import { IdempotencyStore } from './idempotency.js';
import { type Logger, SILENT, withFields } from './logger.js';
import type { ConnectionObserver } from './observer.js';
import { OutgoingCalls } from './outgoing-calls.js';
import { ANONYMOUS, type Principal } from './principal.js';
import type { RedirectTargets } from './redirect-targets.js';
import { beginSession, resumeSession } from './session/session-entry.js';
import type { Resumable } from './session/session-store.js';

/**
 * Serves the commands of one set to the client at the other end of one transport, or with a session of one after another
 * (SPEC 8.8).
 */
export class ServerConnection implements Resumable, LinkHost, AdmissionHost {
  readonly id: string;
  /** When it began, by its clock, ms. */
  readonly since: number;
  readonly dialect: Dialect;
  readonly #own: ConnectionOptions;
  readonly #service: ServiceOptions;
  readonly #peer: Peer;
  readonly #admitter: Admitter;
  readonly #link: Link;
  /** Made for the first call, and for the first request. */
  #calls: OutgoingCalls | undefined;
  #dispatcher: RequestDispatcher | undefined;
  /** Made for who asks. */
  #closed: Promise<ConnectionEnd> | undefined;
  #tellClosed: ((how: ConnectionEnd) => void) | undefined;
  #end: ConnectionEnd | undefined;
  /** Its session is to end with its transport. */
  #ending = false;
  /** Its server is about to leave, and refuses requests from this time on, by its clock, ms. */
  #leavesAt: number | undefined;
  /** Calls may be opened. */
  #isReady = false;
  /** Why there are no more calls. */
  #lost: WiremuxError | undefined;

  /** @throws {TypeError} if nobody could say whom the connection acts for; see `authenticate` */
  constructor(options: ServerConnectionOptions);
  constructor(own: ConnectionOptions, service: ServiceOptions);
  constructor(own: ConnectionOptions, service: ServiceOptions = own as ServerConnectionOptions) {
    const { dialect, halfDuplex, principal } = own;
    const { clock, limits, agent, authenticate, codecs, contexts, kept } = service;
    if (authenticate && !dialect.extended && !principal) {
      throw new TypeError(`A client cannot authenticate in ${dialect.name}: give the connection its principal.`);
    }
    this.#own = own;
    this.#service = service;
    this.id = own.id ?? crypto.randomUUID();
    this.since = clock.now();
    this.dialect = dialect;
    this.#peer = new Peer({
      role: 'server',
      responder: Responder,
      tokens: TokenRefresh,
      dialect,
      now: clock.now(),
      channels: channelsOf(service),
      authenticate: authenticate !== undefined || service.sessions !== undefined || own.resumesOnly === true,
      halfDuplex,
      codecs,
      contexts,
      kept,
      limits,
      agent,
    });
    this.#admitter = new Admitter(service, principal ?? ANONYMOUS, this.#peer, this);
    this.#link = new Link({ peer: this.#peer, transport: own.transport, clock }, this);
  }

  /**
   * Resolves when the transport is gone, and the session with it. Handlers that were running have been told to stop by
   * then.
   */
  get closed(): Promise<ConnectionEnd> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#end === undefined) this.#tellClosed = resolve;
      else resolve(this.#end);
    });
    return this.#closed;
  }

  /** Whom the connection acts for. */
  get principal(): Principal {
    return this.#admitter.principal;
  }

  get counters(): ConnectionCounters {
    const { bytes, frames } = this.#peer.inspect(peerStats);
    const requests = this.#dispatcher?.counters ?? NO_REQUESTS;
    const calls = this.#calls?.counters ?? NO_REQUESTS;
    return { requests, calls, bytes, frames };
  }

  snapshot(): ConnectionSnapshot {
    const { streams, requests } = this.#peer.inspect(peerStats);
    return {
      id: this.id,
      since: this.since,
      dialect: this.dialect.name,
      principal: this.principal.name,
      channels: streams,
      attached: this.attached,
      requests: this.#dispatcher?.snapshot(requests) ?? [],
      calls: this.#calls?.snapshot() ?? [],
    };
  }

  /** The commands that the client serves. Calls can be made at once: they wait until the connection is ready. */
  get client(): ClientCaller {
    return callerOf(this.#outgoing);
  }

  /**
   * The server is about to leave (SPEC 8.10): the client is told to move, and what it asks for once that time is over gets
   * the error `draining`. Requests that run go on. Where the dialect cannot say so, the connection is closed with 1012 when
   * it has none; an HTTP exchange ends by itself. A session without a transport ends where nothing is open in it, which its
   * client could come back for.
   * @throws {WiremuxError} `bad-arguments` for times out of their range
   */
  drain(notice: DrainNotice): void {
    const { dialect } = this.#peer;
    if (dialect.duplex) {
      this.#peer.drain(notice);
      const leavesAt = this.#service.clock.now() + notice.after + notice.jitter;
      this.#leavesAt = Math.min(leavesAt, this.#leavesAt ?? leavesAt);
      this.#dispatcher?.refuseFrom(this.#leavesAt);
      if (!this.attached && this.#peer.idle) this.#link.close(CloseCode.Restart, notice.reason ?? '');
    } else if (this.#own.halfDuplex !== true) {
      this.#link.closeWhenIdle(CloseCode.Restart, notice.reason ?? '');
    }
  }

  /** Whether a transport carries it. One that has none waits for its client to resume its session. */
  get attached(): boolean {
    return !this.#peer.detached;
  }

  /** Bytes of the frames that its session keeps. */
  get keptBytes(): number {
    return this.#peer.keptBytes;
  }

  /**
   * Ends the connection: its handlers are told to stop, and its transport is closed with this code (SPEC 9.2). A session
   * ends too, whatever the code.
   */
  close(code: CloseCode = CloseCode.Normal, reason = ''): void {
    this.#ending = true;
    this.#link.close(code, reason);
  }

  /** Ends its session, which waits for its client. */
  expire(error: WiremuxError): void {
    this.log.info({ code: error.code }, error.message);
    this.close(CloseCode.Normal, error.message);
  }

  /** Its lines in the log name it. */
  get log(): Logger {
    return withFields(this.#service.log ?? SILENT, { connection: this.id });
  }

  /** Of {@link LinkHost}, as is what happens to its transport. */
  onEvent(event: PeerEvent): void {
    switch (event.kind) {
      case 'request':
      case 'data':
      case 'data-end':
      case 'answer-writable':
      case 'cancelled':
        this.#requests.handle(event, this.principal);
        return;
      case 'authenticate':
        void this.#admitter.admit(event.settings);
        return;
      case 'token':
        void this.#admitter.renew(event.settings);
        return;
      case 'ready':
        this.log.debug({ dialect: this.dialect.name, agent: event.settings.agent }, 'The connection is ready.');
        this.#isReady = true;
        this.#calls?.ready();
        return;
      case 'closing':
        this.#onClosing(event.fault);
        return;
      case 'slots-free':
        this.#calls?.openWaiting();
        return;
      case 'answering':
      case 'values':
      case 'bytes':
      case 'output':
      case 'progress':
      case 'dropped':
      case 'upload-writable':
      case 'upload-refused':
      case 'ended':
      case 'failed':
      case 'stopped':
      case 'redirected':
        this.#calls?.receive(event);
        return;
      case 'resumed':
      case 'leaving':
      case 'session-lost':
        // The link tells what becomes of the transport; a client's session is lost, not a server's.
        return;
      case 'pong':
        // Of the pings that the core sends by itself.
        return;
      case 'token-answered':
      case 'drain':
        // Told to clients only.
        return;
    }
  }

  /** Of {@link AdmissionHost}: the client goes on in its session, or begins here. */
  enter({ session: asked }: PeerSettings, terms: AdmissionTerms): void {
    const { sessions, clock, node } = this.#service;
    const { address = '', resumesOnly } = this.#own;
    if (this.#end !== undefined) return;
    const { name: principal } = this.principal;
    if (sessions !== undefined && asked?.kind === 'resume') {
      if (resumeSession(asked, principal, sessions, (older) => older.#goOnWith(this))) return;
      this.connectFailed();
    }
    if (resumesOnly === true) {
      this.turnAway(CloseCode.Restart, 'The server is leaving: only sessions that it keeps go on here.');
    } else if (sessions === undefined || asked === undefined || asked.kind === 'reply') {
      this.#peer.accept(clock.now(), terms);
    } else {
      // An address has no space in it, so no principal is counted with one.
      const countedWith = principal === ANONYMOUS.name ? address : `principal ${principal}`;
      const session = beginSession<ServerConnection>(this, { principal, countedWith }, sessions, node);
      this.#peer.accept(clock.now(), { ...terms, session });
    }
  }

  /** This session goes on with the client of `newer`, which has nothing left to do then. */
  #goOnWith(newer: ServerConnection): boolean {
    if (!this.#link.takeOver(newer.#link, newer.#admitter.terms)) return false;
    this.#admitter.replace(newer.#admitter);
    this.log.info({ from: newer.id }, 'A client has come back to its session.');
    newer.#own.onResumed?.(this);
    newer.onClosed(CloseCode.Normal, 'Its client goes on in an older session.');
    return true;
  }

  /** Of {@link AdmissionHost}. */
  connectFailed(): void {
    this.#own.observer?.connectFailed?.();
  }

  /** Of {@link AdmissionHost}. What a session survives leaves it detached: it is not told twice, which would end it. */
  turnAway(code: CloseCode, reason: string): void {
    if (this.attached) this.#link.close(code, reason);
  }

  onDetached(code: number, reason: string): void {
    this.log.debug({ code, reason }, 'The transport is gone; the session waits for its client.');
    if (this.#ending || (this.#leavesAt !== undefined && this.#peer.idle)) this.#link.close(CloseCode.Normal, reason);
    else this.#service.sessions?.detach(this);
  }

  onClosed(code: number, reason: string): void {
    this.#service.sessions?.remove(this);
    this.#admitter.stop();
    this.#endCalls(connectionLost(code, reason));
    this.#dispatcher?.close();
    this.log.debug({ code, reason }, 'The connection has ended.');
    this.#end = { code, reason };
    this.#own.observer?.closed?.(this.#end);
    this.#tellClosed?.(this.#end);
  }

  /** The connection is dead, though the transport may take its time to close: handlers are told at once (SPEC 5.11). */
  #onClosing({ rule, message, closeCode }: ProtocolFault): void {
    this.log.info({ rule, code: closeCode }, `The connection is being closed: ${message}`);
    const error = connectionLost(
      closeCode,
      message,
      this.#peer.session === undefined ? 'connection-lost' : 'session-lost',
    );
    this.#endCalls(error);
    this.#dispatcher?.cancelAll(error);
  }

  #endCalls(error: WiremuxError): void {
    this.#lost ??= error;
    this.#calls?.close(error);
  }

  get #outgoing(): OutgoingCalls {
    if (this.#calls !== undefined) return this.#calls;
    const { clock, maxQueuedCalls: maxQueued = 4_096 } = this.#service;
    const refusal = this.#peer.dialect.duplex ? undefined : uncallable();
    this.#calls = new OutgoingCalls({ peer: this.#peer, clock, maxQueued, refusal });
    if (this.#isReady) this.#calls.ready();
    if (this.#lost !== undefined) this.#calls.close(this.#lost);
    return this.#calls;
  }

  get #requests(): RequestDispatcher {
    if (this.#dispatcher !== undefined) return this.#dispatcher;
    const { clock, commands, limits, redirects = NO_REDIRECTS, idempotency } = this.#service;
    this.#dispatcher = new RequestDispatcher({
      connection: this.id,
      peer: this.#peer,
      clock,
      log: this.log,
      textAsBytes: this.dialect.textAsBytes,
      redirects,
      calls: this.#outgoing,
      commands,
      mostRuns: limits?.openRequests ?? DEFAULT_LIMITS.openRequests,
      idempotency: idempotency ?? new IdempotencyStore(clock),
      channels: channelsOf(this.#service),
      observer: this.#own.observer ?? NOBODY,
    });
    if (this.#leavesAt !== undefined) this.#dispatcher.refuseFrom(this.#leavesAt);
    return this.#dispatcher;
  }
}

const NO_REQUESTS: RequestCounters = { open: 0, total: 0, failed: 0 };
const NO_REDIRECTS: RedirectTargets = new Map();
const NOBODY: ConnectionObserver = {};

function channelsOf({ channels = DEFAULT_CHANNELS }: ServiceOptions): readonly ChannelWeight[] {
  return channels;
}

function connectionLost(
  code: number,
  message: string,
  lost: 'connection-lost' | 'session-lost' = 'connection-lost',
): WiremuxError {
  const why = message === '' ? `code ${code}` : `${message} (code ${code})`;
  return new WiremuxError(lost, `The ${lost === 'session-lost' ? 'session' : 'connection'} ended: ${why}`);
}

function uncallable(): WiremuxError {
  const message = 'This client cannot be called: that needs the dialect `wiremux.1` over a WebSocket.';
  return new WiremuxError('unsupported', message);
}

/** Begins to serve a transport; see {@link ServerConnection}. */
export function serveConnection(options: ServerConnectionOptions): ServerConnection {
  return new ServerConnection(options);
}
