import type { Dialect } from '../dialect/dialect.js';
import { type CloseCode, WiremuxError } from '../errors.js';
import type { TokenVerdict } from '../message/auth.js';
import type { CancelReason, DrainNotice } from '../message/control.js';
import type { OutputAtom } from '../message/output.js';
import type { ProgressUpdate } from '../message/progress.js';
import type { RedirectLocation } from '../message/redirect.js';
import { grantProblem, type SessionGrant } from '../message/session-settings.js';
import type { PeerSettings } from '../message/settings.js';
import type { Answering } from './answering.js';
import type { PeerListener } from './context.js';
import type { CancelResult, PeerEvent } from './events.js';
import type { OutgoingRequest } from './outgoing-request.js';
import { type AcceptTerms, PeerCore } from './peer-core.js';
import type { PeerOptions, ResponderConstructor, TokenRefreshConstructor } from './peer-options.js';
import type { PeerInside } from './stats.js';

/** So many requests opened or answered are worth a message of their own, before the turn is over. */
const BURST = 16;

/**
 * One end of a connection, without I/O and clock: bytes in, events out, bytes out when asked.
 *
 * ```
 * on bytes:    peer.receiveBytes(chunk, now)
 * on timer:    peer.handleTimeout(now)            (at peer.nextTimeout())
 * then:        for (const event of peer.takeEvents()) …
 * and send:    while ((message = peer.takeBytes(now))) transport.send(message)
 * at the end:  peer.transportClosed(error)
 * ```
 * It is also the session (SPEC 8.8), and outlives its transports where it has one. A {@link Link} does all this.
 *
 * ```
 * transport lost:    if (peer.survives(code)) peer.detach(now); else peer.transportClosed(error)
 * client, another:   peer.attach(now)              (then `resumed`, or `session-lost`: see `successorOf`)
 * server, another:   older.resume(newer, grant, now)
 * ```
 * Bytes given to it are its own until the other side has acknowledged them.
 *
 * Methods about a request that has already ended do nothing: they crossed its end. A half-duplex exchange adds
 *
 * ```
 * client, once:      peer.flush(now)               (when all its requests were opened)
 * at end of input:   peer.endInput(now)
 * after takeBytes:   if (peer.outputEnded) …       (end the body)
 * ```
 */
export class Peer {
  readonly dialect: Dialect;
  readonly role: 'client' | 'server';
  readonly #core: PeerCore;
  readonly #answering: Answering;
  #unsent = 0;

  constructor(options: PeerOptions) {
    const { successorOf } = options;
    this.#core = new PeerCore(options, successorOf === undefined ? undefined : successorOf.#core);
    const { context, answering } = this.#core;
    this.dialect = context.dialect;
    this.role = context.role;
    this.#answering = answering;
  }

  /** The listener is told from now on when there is something to do, and no other. */
  listen(listener: PeerListener): void {
    this.#core.context.listener = listener;
  }

  /** The same for who wants to know no more than that there may be something. */
  onWake(callback: () => void): void {
    this.listen({ wake: callback });
  }

  /** Requests opened or answered since bytes were taken last. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Bytes of the other side, any cut; they are the peer's from now on. */
  receiveBytes(chunk: Uint8Array, now: number): void {
    this.#core.receiveBytes(chunk, now);
  }

  /**
   * Half-duplex: the other side will send nothing more. A server begins to send; what was left unfinished fails, on a
   * client all that is still open, with `connection-lost` (SPEC 7.7, 7.9).
   */
  endInput(now: number): void {
    this.#core.endInput(now);
  }

  /** Half-duplex client: what was opened is sent, and no more can be opened (SPEC 7.9). Called again it does nothing. */
  flush(now: number): void {
    this.#core.flush(now);
  }

  /** Half-duplex: the input has ended, and some of it still waits to be decoded. */
  get inputPending(): boolean {
    return this.#core.inputPending;
  }

  /** Half-duplex: everything this side had to say was taken; the transport may end its direction. */
  get outputEnded(): boolean {
    return this.#core.outputEnded;
  }

  /** The transport is gone: every open request ends with `error`. */
  transportClosed(error: WiremuxError): void {
    this.#core.transportClosed(error);
  }

  /** What the other side has said of itself; the defaults until then (SPEC 8.3). */
  get remoteSettings(): PeerSettings {
    return this.#core.context.remoteSettings;
  }

  /** Something has happened since `takeEvents` was called last. */
  get eventful(): boolean {
    return this.#core.context.eventful;
  }

  /** What happened since the last call, in order. */
  takeEvents(): readonly PeerEvent[] {
    return this.#core.takeEvents();
  }

  /** One message of whole frames (SPEC 7.2), or undefined if nothing may be sent now. May make new events. */
  takeBytes(now: number): Uint8Array[] | undefined {
    this.#unsent = 0;
    return this.#core.takeBytes(now);
  }

  /** There may be more to take than was taken. */
  get pending(): boolean {
    return this.#core.output.pending;
  }

  /**
   * The transport should not be read: its bytes would have no bound (SPEC 5.8, 5.9, 8.3.2, 9.1.24). A dead peer drops them, and
   * its transport must read to see the other side close.
   */
  get readPaused(): boolean {
    return this.#core.readPaused;
  }

  /** The other side may be waiting for an acknowledgement: bytes should be taken now, not at the end of the turn. */
  get ackOverdue(): boolean {
    return this.#core.heartbeat.ackOverdue;
  }

  /** When `handleTimeout` should be called, ms; it may change with every call. */
  nextTimeout(): number | undefined {
    return this.#core.nextTimeout();
  }

  handleTimeout(now: number): void {
    this.#core.handleTimeout(now);
  }

  /**
   * Server: the client is who its settings say; reading goes on (SPEC 8.3.2).
   * @throws {WiremuxError} `unsupported` for a grant that is none (see {@link SessionGrant})
   */
  accept(now: number, terms: AcceptTerms = {}): void {
    checkTerms(terms);
    this.#core.accept(now, terms);
  }

  /**
   * Client: sends a newer token in place; `token-answered` follows (SPEC 8.3.11). Ignored before `ready`, and where the
   * dialect cannot.
   * @param by `TokenRefresh`
   * @throws {WiremuxError} `too-big` past 16 KiB, `too-many-requests` before the last was answered, or 10 s after it
   */
  refreshToken(token: string, now: number, by: TokenRefreshConstructor): void {
    this.#core.refreshToken(token, now, by);
  }

  /** Server: answers `token`. A token that is not `ok` leaves the one before in force (SPEC 8.3.13). */
  answerToken(verdict: TokenVerdict): void {
    this.#core.answerToken(verdict);
  }

  /**
   * Server: tells the client that it is about to leave, once both sides' settings hold, and again on every transport that
   * the session gets (SPEC 8.10). Ignored where the dialect cannot say so.
   * @throws {WiremuxError} `bad-arguments` for times out of their range
   */
  drain(notice: DrainNotice): void {
    const able = this.role === 'server' && this.dialect.duplex && this.#core.alive;
    if (able) this.#core.drain.announce(notice);
  }

  /** No request is open, in either direction. */
  get idle(): boolean {
    return (this.#core.opener?.size ?? 0) === 0 && this.#answering.size === 0;
  }

  /** Ends the connection from this side: a `closing` event follows, the transport is to be closed with its code. */
  close(closeCode: CloseCode, reason: string): void {
    this.#core.close(closeCode, reason);
  }

  /**
   * Sends a ping of at most 64 bytes; `pong` answers it (SPEC 8.9). While one is unanswered the next waits, the newest
   * only. Ignored before `ready`, and where the dialect has none.
   * @throws {WiremuxError} `too-big` past 64 bytes
   */
  ping(payload: Uint8Array): void {
    this.#core.ping(payload);
  }

  /** The session, once it is granted; keep its secret in memory only (SPEC 8.8). */
  get session(): SessionGrant | undefined {
    return this.#core.session.grant;
  }

  /** There is no transport: all calls are good, and what they cause waits for one. */
  get detached(): boolean {
    return this.#core.detached;
  }

  /** Bytes of session frames kept until they are acknowledged: those to be sent again on the next transport. */
  get keptBytes(): number {
    return this.#core.keptBytes;
  }

  /** Whether the session goes on after its transport was closed with this code (SPEC 8.8.14). */
  survives(code: number): boolean {
    return this.#core.survives(code);
  }

  /** The transport is gone, the session stays; see {@link Peer.survives}. Requests stay open, deadlines run. */
  detach(now: number): void {
    this.#core.detach(now);
  }

  /**
   * Client, detached: there is a new transport. `resumed` follows, or the ends of all requests and `session-lost`.
   * @param token proof of who it is from now on; absent: as before
   */
  attach(now: number, token?: string): void {
    this.#core.attach(now, token);
  }

  /**
   * Server: the client of `newer`, for which `authenticate` was told, goes on with this session, on the transport of
   * `newer`, which is dead from then on and says nothing more. Who the client is and that it knows the secret was found
   * before. What was here of an older transport must be closed with 4409, and nothing more be read from it (SPEC 8.8.6).
   * False: it cannot, and `newer` still waits for `accept`; where nothing went forward three times, this peer is dead.
   * @param terms with the session as told now, if it is another; left out, and better so: the one the client knows, since a
   * new secret may get lost with the transport
   * @throws {WiremuxError} `unsupported` for a grant that is none
   */
  resume(newer: Peer, now: number, terms: AcceptTerms = {}): boolean {
    checkTerms(terms);
    return this.#core.resume(newer.#core, now, terms);
  }

  /** False once all its requests have ended for good: its transport is gone without a session, or the session is lost. */
  get alive(): boolean {
    return this.#core.alive;
  }

  /** How many more requests may be opened now; queue what is over. */
  get openSlots(): number {
    return this.#core.alive && !this.#core.flushed ? this.#core.requester.openSlots : 0;
  }

  /**
   * Opens a request and returns its id.
   * @throws {WiremuxError} `too-many-requests`, `too-big`, `unsupported` (also after `flush`), `unknown-command` for an
   * empty name, or `connection-lost` on a dead peer
   */
  open(request: OutgoingRequest): number {
    if (!this.#core.alive) throw new WiremuxError('connection-lost', 'The connection has ended; connect again.');
    if (this.role === 'server' && !this.dialect.duplex) {
      throw new WiremuxError('unsupported', `In ${this.dialect.name} only clients open requests; use wiremux.1.`);
    }
    if (this.#core.flushed) throw new WiremuxError('unsupported', 'The exchange has been sent; open another one.');
    const id = this.#core.requester.open(request);
    this.#countUnsent();
    return id;
  }

  /** Queues upload bytes; false: wait for `upload-writable`. */
  sendData(id: number, bytes: Uint8Array): boolean {
    return this.#core.requester.sendData(id, bytes);
  }

  /** The upload is complete. */
  endData(id: number): void {
    this.#core.requester.endData(id);
  }

  /** Stops a request; `stopped` follows, unless its end crossed, which that of the connection may be too. */
  cancel(id: number, reason: CancelReason = {}): void {
    if (this.#core.alive) this.#core.requester.cancel(id, reason);
  }

  /** The consumer took values of `bytes` plain bytes (the sum of their `sizes`): that much credit is due again. */
  taken(id: number, bytes: number): void {
    this.#core.requester.taken(id, bytes);
  }

  /**
   * Answers what the other side asks from now on, if it does not yet; until then each request is refused with
   * `unknown-command` (SPEC 8.4.1). Give it {@link Responder}.
   */
  serve(responder: ResponderConstructor): void {
    this.#answering.begin(responder);
  }

  /** Sends an answer on the named channel, if there is one of that name and nothing was sent yet. */
  useChannel(id: number, channel: string): void {
    this.#answering.responder?.useChannel(id, channel);
  }

  /** Nothing of an answer is encoded from now on (SPEC 4.12). */
  keepPlain(id: number): void {
    this.#answering.responder?.keepPlain(id);
  }

  /**
   * Queues a value of an answer; false: wait for `answer-writable`. An `EncodedValue`, and a byte string from 4 KiB on,
   * goes out uncopied.
   * @param alone nothing is known to follow it in this turn: see `value` of {@link PeerListener}
   * @throws {WiremuxError} `unsupported` for what cannot be encoded, `too-big` for more than the peer puts together,
   * `slow-reader` past the limit `sendQueue`
   */
  sendValue(id: number, value: unknown, alone = false): boolean {
    const hasRoom = this.#answering.responder?.sendValue(id, value) ?? true;
    const { listener } = this.#core.context;
    if (alone && listener.value !== undefined) listener.value();
    else listener.wake();
    return hasRoom;
  }

  /**
   * Begins a byte string that is one value of an answer, its bytes to come with `sendBytes`: of `length` bytes, or of as
   * many as there will be (SPEC 3.4.9). Its length has no limit. False: wait for `answer-writable`.
   * @throws {WiremuxError} `wrong-length` for a length that is none, `internal` inside a byte string, `slow-reader`
   */
  beginBytes(id: number, length?: number): boolean {
    const hasRoom = this.#answering.responder?.beginBytes(id, length) ?? true;
    this.#core.context.wake();
    return hasRoom;
  }

  /**
   * Queues bytes of the byte string that was begun, uncopied; false: wait for `answer-writable`.
   * @throws {WiremuxError} `wrong-length` for more than it said, `slow-reader`
   */
  sendBytes(id: number, bytes: Uint8Array): boolean {
    const hasRoom = this.#answering.responder?.sendBytes(id, bytes) ?? true;
    this.#core.context.wake();
    return hasRoom;
  }

  /**
   * The byte string is complete; false: wait for `answer-writable`.
   * @throws {WiremuxError} `wrong-length` for less than it said, `slow-reader`
   */
  endBytes(id: number): boolean {
    const hasRoom = this.#answering.responder?.endBytes(id) ?? true;
    this.#core.context.wake();
    return hasRoom;
  }

  /** Queues text output; never waits, the oldest is dropped past the limit `textQueue`. */
  sendOutput(id: number, atoms: readonly OutputAtom[]): void {
    this.#answering.responder?.sendOutput(id, atoms);
  }

  /** Queues a progress update; never waits, newer ones replace those of their topic. */
  sendProgress(id: number, update: ProgressUpdate): void {
    this.#answering.responder?.sendProgress(id, update);
  }

  /**
   * The answer is to be had elsewhere, at a location of one of the targets that the request listed; nothing else of it was
   * or will be sent (SPEC 3.4.10).
   * @throws {WiremuxError} `unsupported` if the request did not list the target, `too-big` for a location past the bounds
   * of {@link RedirectLocation}, `internal` behind values
   */
  redirectAnswer(id: number, target: string, location: RedirectLocation): void {
    this.#answering.responder?.redirect(id, target, location);
  }

  /**
   * So many values of an answer that is passed on were dropped before they came here: its opener is told of them with those
   * dropped here (SPEC 8.11.21). Ignored where its values wait.
   */
  addDropped(id: number, values: number): void {
    this.#answering.responder?.addDropped(id, values);
  }

  /** The answer is complete. */
  endAnswer(id: number): void {
    this.#answering.responder?.endAnswer(id);
    this.#countUnsent();
  }

  /** The command failed; values already queued go out first (SPEC 8.12.5). */
  failAnswer(id: number, error: WiremuxError): void {
    this.#answering.responder?.failAnswer(id, error);
    this.#countUnsent();
  }

  /** The command took that many bytes of its data. */
  dataTaken(id: number, bytes: number): void {
    this.#answering.responder?.dataTaken(id, bytes);
  }

  /** The command wants no more data. */
  refuseData(id: number): void {
    this.#answering.responder?.refuseData(id);
  }

  /** After `cancelled`: the command has stopped, or is left behind running. */
  stopped(id: number, result: CancelResult = 'stopped'): void {
    this.#answering.responder?.stopped(id, result);
  }

  /** A command reported `left` has returned: it no longer counts as an open request. */
  returned(): void {
    this.#answering.responder?.returned();
  }

  /** What `take` makes of what is inside: `peerStats` makes a snapshot of it, for people and metrics. */
  inspect<T>(take: (inside: PeerInside) => T): T {
    return take(this.#core);
  }

  #countUnsent(): void {
    if (++this.#unsent < BURST) return;
    this.#unsent = 0;
    this.#core.context.listener.burst?.();
  }
}

function checkTerms({ session }: AcceptTerms): void {
  const problem = session === undefined ? undefined : grantProblem(session);
  if (problem !== undefined) throw new WiremuxError('unsupported', problem);
}
