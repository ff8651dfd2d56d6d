import type { CborLimits } from '../cbor/index.js';
import type { Dialect } from '../dialect/dialect.js';
import { CloseCode, fault, type ProtocolFault, WiremuxError } from '../errors.js';
import { DEFAULT_CHANNELS } from '../flow/scheduler.js';
import { SendWindow } from '../flow/send-window.js';
import type { FrameHeader } from '../frame/frame.js';
import { FrameReader } from '../frame/reader.js';
import { resolveLimits } from '../limits.js';
import type { TokenVerdict } from '../message/auth.js';
import type { CancelReason } from '../message/control.js';
import type { OutputAtom } from '../message/output.js';
import type { ProgressUpdate } from '../message/progress.js';
import type { RedirectLocation } from '../message/redirect.js';
import { DEFAULT_SETTINGS, type PeerSettings } from '../message/settings.js';
import type { PeerContext } from './context.js';
import { ControlBudget } from './control-budget.js';
import { Encodings } from './encodings.js';
import type { CancelResult, PeerEvent } from './events.js';
import { reportFault } from './fault-report.js';
import { FrameRouter } from './frame-router.js';
import { Heartbeat } from './heartbeat.js';
import { Output } from './output.js';
import type { PeerOptions } from './peer-options.js';
import { ReceiveBudget } from './receive-half.js';
import { type OutgoingRequest, Requester } from './requester.js';
import { Responder } from './responder.js';
import { announceSettings, ownSettings } from './settings-exchange.js';
import { type PeerStats, peerStats } from './stats.js';
import { TokenRefresh } from './token-refresh.js';

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
  readonly #context: PeerContext;
  readonly #reader: FrameReader;
  readonly #router: FrameRouter;
  readonly #budget: ReceiveBudget;
  readonly #requester: Requester;
  readonly #responder: Responder;
  readonly #heartbeat: Heartbeat;
  readonly #tokens: TokenRefresh;
  readonly #output: Output;
  readonly #control: ControlBudget;
  readonly #openedAt: number;
  readonly #mustAuthenticate: boolean;
  readonly #halfDuplex: boolean;
  /** It is this side's turn to send: always, but for one half of a half-duplex exchange. */
  #maySend: boolean;
  #inputEnded = false;
  #events: PeerEvent[] = [];
  #bytesIn = 0;
  /** `reading`, `held` until the server has authenticated its client, or `dead`. */
  #state: 'reading' | 'held' | 'dead' = 'reading';
  #onWake: () => void = () => undefined;
  readonly #sink = (header: FrameHeader, payload: Uint8Array): boolean => this.#receiveFrame(header, payload);

  constructor(options: PeerOptions) {
    const { role, now, halfDuplex = false } = options;
    const dialect = (halfDuplex ? options.dialect.halfDuplex : undefined) ?? options.dialect;
    const limits = resolveLimits(options.limits);
    const cborLimits: CborLimits = { depth: limits.cborDepth, items: limits.cborItems, bytes: limits.valueBytes };
    this.role = role;
    this.dialect = dialect;
    this.#halfDuplex = halfDuplex;
    this.#maySend = !halfDuplex;
    this.#openedAt = now;
    this.#mustAuthenticate = options.authenticate === true && dialect.extended;
    this.#reader = new FrameReader(limits.framePayload);
    this.#control = new ControlBudget(dialect, role, limits, now);
    const { channels = DEFAULT_CHANNELS } = options;
    const encodings = new Encodings(options, dialect, limits, () => this.#onWake());
    const window = new SendWindow(limits.sendWindow);
    this.#output = new Output({
      window: dialect.duplex ? window : undefined,
      role,
      dialect,
      channels,
      maxPayload: DEFAULT_SETTINGS.maxFrame,
      encoders: encodings.encoders,
      onScheduled: (half) => {
        if ((half.requestId & 1) === (role === 'client' ? 1 : 0)) this.#requester.scheduled(half);
        else this.#responder.scheduled(half);
      },
      onProof: (requestId) => this.#responder.proved(requestId),
    });
    this.#context = {
      role,
      dialect,
      halfDuplex,
      limits,
      cborLimits,
      output: this.#output,
      encodings,
      now,
      ownSettings: ownSettings(limits, options),
      remoteSettings: DEFAULT_SETTINGS,
      emit: (event) => this.#events.push(event),
      wake: () => this.#onWake(),
      charge: (what) => this.#control.charge(what, this.#context.now),
      chargeOrFail: (what) => this.#dieOf(this.#context.charge(what)),
    };
    this.#budget = new ReceiveBudget(this.#context);
    this.#requester = new Requester(this.#context, this.#budget);
    this.#responder = new Responder(this.#context, this.#budget);
    this.#heartbeat = new Heartbeat(this.#context, window);
    this.#tokens = new TokenRefresh(this.#context, this.#mustAuthenticate);
    this.#router = new FrameRouter(this.#context, {
      requester: this.#requester,
      responder: this.#responder,
      heartbeat: this.#heartbeat,
      budget: this.#budget,
      tokens: this.#tokens,
      onSettings: (settings) => this.#onSettings(settings),
    });
    if (role === 'client') this.#sendSettings();
    if (!this.#awaitsSettings) this.#context.emit({ kind: 'ready', settings: DEFAULT_SETTINGS });
  }

  /** `callback` is called when there may be bytes to take, events to handle, or reading to pause or resume. */
  onWake(callback: () => void): void {
    this.#onWake = callback;
  }

  /** Bytes of the other side, any cut; they are the peer's from now on. */
  receiveBytes(chunk: Uint8Array, now: number): void {
    this.#context.now = now;
    if (this.#state === 'dead') return;
    this.#bytesIn += chunk.length;
    this.#heartbeat.heard();
    this.#afterRead(this.#reader.push(chunk, this.#sink));
  }

  /**
   * Half-duplex: the other side will send nothing more. A server begins to send; what was left unfinished fails, on a
   * client all that is still open, with `connection-lost` (SPEC 7.7, 7.9).
   */
  endInput(now: number): void {
    this.#context.now = now;
    if (!this.#halfDuplex || this.#inputEnded) return;
    this.#inputEnded = true;
    this.#finishInput();
  }

  /** Half-duplex client: what was opened is sent, and no more can be opened (SPEC 7.9). Called again it does nothing. */
  flush(now: number): void {
    this.#context.now = now;
    if (!this.#halfDuplex || this.role === 'server') return;
    this.#maySend = true;
    this.#context.wake();
  }

  /** Half-duplex: the input has ended, and some of it still waits to be decoded. */
  get inputPending(): boolean {
    return this.#inputEnded && this.#state === 'reading' && !this.#router.decoding.idle;
  }

  /** Half-duplex: everything this side had to say was taken; the transport may end its direction. */
  get outputEnded(): boolean {
    if (!this.#halfDuplex || !this.#maySend || this.#state !== 'reading' || !this.#output.idle) return false;
    return this.role === 'client' ? this.#requester.sent : this.#responder.size === 0;
  }

  /** The transport is gone: every open request ends with `error`. */
  transportClosed(error: WiremuxError): void {
    this.#state = 'dead';
    this.#requester.fail(error);
    this.#responder.fail(error);
    this.#output.clear([]);
    this.#router.decoding.close();
    this.#context.encodings.close();
  }

  /** What the other side has said of itself; the defaults until then (SPEC 8.3). */
  get remoteSettings(): PeerSettings {
    return this.#context.remoteSettings;
  }

  /** What happened since the last call, in order. */
  takeEvents(): PeerEvent[] {
    if (!this.#router.decoding.idle) this.#goOnDecoding();
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** One message of whole frames (SPEC 7.2), or undefined if nothing may be sent now. May make new events. */
  takeBytes(now: number): Uint8Array[] | undefined {
    this.#context.now = now;
    if (!this.#maySend && this.#state !== 'dead') return undefined;
    this.#budget.noteProgress();
    if (this.dialect.duplex && this.#state !== 'dead') this.#heartbeat.flush(this.#output.pending);
    return this.#output.takeMessage(now);
  }

  /**
   * The transport should not be read: its bytes would have no bound (SPEC 5.8, 5.9, 8.3.2, 9.1.24). A dead peer drops them, and
   * its transport must read to see the other side close.
   */
  get readPaused(): boolean {
    return this.#state === 'held' || (this.#state === 'reading' && (this.#budget.paused || this.#router.decoding.full));
  }

  /** When `handleTimeout` should be called, ms; it may change with every call. */
  nextTimeout(): number | undefined {
    if (this.#state !== 'reading') return undefined;
    const { limits } = this.#context;
    if (this.#awaitsSettings) return this.#openedAt + limits.settingsTimeout;
    const next = Math.min(this.#responder.nextDeadline, this.#nextCheck(limits.pausedTimeout));
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  handleTimeout(now: number): void {
    this.#context.now = now;
    if (this.#state !== 'reading') return;
    this.#budget.noteProgress();
    this.#responder.expire(now);
    if (this.#awaitsSettings) this.#checkHandshake(now);
    else if (this.dialect.duplex) this.#dieOf(this.#heartbeat.handleTimeout());
    else this.#failStalledUploads(now);
  }

  /**
   * Server: the client is who its settings say; reading goes on (SPEC 8.3.2).
   * @param terms how long its token `expires`, ms from now; left out: it does not.
   */
  accept(now: number, terms: { readonly expires?: number } = {}): void {
    if (this.#state !== 'held') return;
    this.#context.now = now;
    this.#context.ownSettings = { ...this.#context.ownSettings, auth: { ok: true, ...terms } };
    this.#state = 'reading';
    this.#heartbeat.heard();
    this.#ready();
    this.#afterRead(this.#reader.resume(this.#sink));
    this.#finishInput();
    this.#context.wake();
  }

  /**
   * Client: sends a newer token in place; `token-answered` follows (SPEC 8.3.11). Ignored before `ready`, and where the
   * dialect cannot.
   * @throws {WiremuxError} `too-big` past 16 KiB, `too-many-requests` before the last was answered, or 10 s after it
   */
  refreshToken(token: string, now: number): void {
    this.#context.now = now;
    const able = this.role === 'client' && this.dialect.duplex && this.#router.settled && this.#state === 'reading';
    if (able) this.#tokens.send(token);
  }

  /** Server: answers `token`. A token that is not `ok` leaves the one before in force (SPEC 8.3.13). */
  answerToken(verdict: TokenVerdict): void {
    if (this.#state === 'reading') this.#tokens.answer(verdict);
  }

  /** Ends the connection from this side: a `closing` event follows, the transport is to be closed with its code. */
  close(closeCode: CloseCode, reason: string): void {
    if (this.#state !== 'dead') this.#die({ rule: '9.2', message: reason, closeCode });
  }

  /**
   * Sends a ping of at most 64 bytes; `pong` answers it (SPEC 8.9). While one is unanswered the next waits, the newest
   * only. Ignored before `ready`, and where the dialect has none.
   * @throws {WiremuxError} `too-big` past 64 bytes
   */
  ping(payload: Uint8Array): void {
    if (this.dialect.duplex && this.#router.settled && this.#state === 'reading') this.#heartbeat.ping(payload);
  }

  /** How many more requests may be opened now; queue what is over. */
  get openSlots(): number {
    return this.#state === 'dead' || this.#flushed ? 0 : this.#requester.openSlots;
  }

  /**
   * Opens a request and returns its id.
   * @throws {WiremuxError} `too-many-requests`, `too-big`, `unsupported` (also after `flush`), `unknown-command` for an
   * empty name, or `connection-lost` on a dead peer
   */
  open(request: OutgoingRequest): number {
    if (this.#state === 'dead') throw new WiremuxError('connection-lost', 'The connection has ended; connect again.');
    if (this.role === 'server' && !this.dialect.duplex) {
      throw new WiremuxError('unsupported', `In ${this.dialect.name} only clients open requests; use wiremux.1.`);
    }
    if (this.#flushed) throw new WiremuxError('unsupported', 'The exchange has been sent; open another one.');
    return this.#requester.open(request);
  }

  /** Queues upload bytes; false: wait for `upload-writable`. */
  sendData(id: number, bytes: Uint8Array): boolean {
    return this.#requester.sendData(id, bytes);
  }

  /** The upload is complete. */
  endData(id: number): void {
    this.#requester.endData(id);
  }

  /** Stops a request; `stopped` follows, unless its end crossed, which that of the connection may be too. */
  cancel(id: number, reason: CancelReason = {}): void {
    if (this.#state !== 'dead') this.#requester.cancel(id, reason);
  }

  /** The consumer took values of `bytes` plain bytes (the sum of their `sizes`): that much credit is due again. */
  taken(id: number, bytes: number): void {
    this.#requester.taken(id, bytes);
  }

  /** Sends an answer on the named channel, if there is one of that name and nothing was sent yet. */
  useChannel(id: number, channel: string): void {
    this.#responder.useChannel(id, channel);
  }

  /** Nothing of an answer is encoded from now on (SPEC 4.12). */
  keepPlain(id: number): void {
    this.#responder.keepPlain(id);
  }

  /**
   * Queues a value of an answer; false: wait for `answer-writable`. An `EncodedValue`, and a byte string from 4 KiB on,
   * goes out uncopied.
   * @throws {WiremuxError} `unsupported` for what cannot be encoded, `too-big` for more than the peer puts together,
   * `slow-reader` past the limit `sendQueue`
   */
  sendValue(id: number, value: unknown): boolean {
    return this.#responder.sendValue(id, value);
  }

  /**
   * Begins a byte string that is one value of an answer, its bytes to come with `sendBytes`: of `length` bytes, or of as
   * many as there will be (SPEC 3.4.9). Its length has no limit. False: wait for `answer-writable`.
   * @throws {WiremuxError} `wrong-length` for a length that is none, `internal` inside a byte string, `slow-reader`
   */
  beginBytes(id: number, length?: number): boolean {
    return this.#responder.beginBytes(id, length);
  }

  /**
   * Queues bytes of the byte string that was begun, uncopied; false: wait for `answer-writable`.
   * @throws {WiremuxError} `wrong-length` for more than it said, `slow-reader`
   */
  sendBytes(id: number, bytes: Uint8Array): boolean {
    return this.#responder.sendBytes(id, bytes);
  }

  /**
   * The byte string is complete; false: wait for `answer-writable`.
   * @throws {WiremuxError} `wrong-length` for less than it said, `slow-reader`
   */
  endBytes(id: number): boolean {
    return this.#responder.endBytes(id);
  }

  /** Queues text output; never waits, the oldest is dropped past the limit `textQueue`. */
  sendOutput(id: number, atoms: readonly OutputAtom[]): void {
    this.#responder.sendOutput(id, atoms);
  }

  /** Queues a progress update; never waits, newer ones replace those of their topic. */
  sendProgress(id: number, update: ProgressUpdate): void {
    this.#responder.sendProgress(id, update);
  }

  /**
   * The answer is to be had elsewhere, at a location of one of the targets that the request listed; nothing else of it was
   * or will be sent (SPEC 3.4.10).
   * @throws {WiremuxError} `unsupported` if the request did not list the target, `too-big` for a location past the bounds
   * of {@link RedirectLocation}, `internal` behind values
   */
  redirectAnswer(id: number, target: string, location: RedirectLocation): void {
    this.#responder.redirect(id, target, location);
  }

  /** The answer is complete. */
  endAnswer(id: number): void {
    this.#responder.endAnswer(id);
  }

  /** The command failed; values already queued go out first (SPEC 8.12.5). */
  failAnswer(id: number, error: WiremuxError): void {
    this.#responder.failAnswer(id, error);
  }

  /** The command took that many bytes of its data. */
  dataTaken(id: number, bytes: number): void {
    this.#responder.dataTaken(id, bytes);
  }

  /** The command wants no more data. */
  refuseData(id: number): void {
    this.#responder.refuseData(id);
  }

  /** After `cancelled`: the command has stopped, or is left behind running. */
  stopped(id: number, result: CancelResult = 'stopped'): void {
    this.#responder.stopped(id, result);
  }

  /** A command reported `left` has returned: it no longer counts as an open request. */
  returned(): void {
    this.#responder.returned();
  }

  /** A snapshot for people and metrics. */
  stats(): PeerStats {
    return peerStats(this.#responder.list(), this.#router, this.#output, this.#bytesIn);
  }

  /** False stops the frame reader. */
  #receiveFrame(header: FrameHeader, payload: Uint8Array): boolean {
    const broken = this.#router.route(header, payload);
    if (broken !== undefined) this.#die(broken, header.requestId);
    return this.#state === 'reading' && !this.#router.decoding.full;
  }

  /** Delivers what was decoded since, and reads on where that had to wait for it. */
  #goOnDecoding(): void {
    if (this.#state !== 'reading') return;
    const { decoding } = this.#router;
    const wasFull = decoding.full;
    this.#afterRead(decoding.advance());
    if (this.#state !== 'reading' || decoding.full) return;
    if (wasFull) this.#afterRead(this.#reader.resume(this.#sink));
    this.#finishInput();
  }

  #onSettings(settings: PeerSettings): void {
    this.#context.encodings.useSettings(settings);
    if (!this.dialect.extended) return;
    this.#context.remoteSettings = settings;
    this.#output.maxPayload = settings.maxFrame;
    this.#output.streams.most = settings.openStreams;
    if (!this.#mustAuthenticate) {
      this.#ready();
      return;
    }
    this.#state = 'held';
    this.#context.emit({ kind: 'authenticate', settings });
  }

  #ready(): void {
    if (this.role === 'server') this.#sendSettings();
    if (this.role === 'client' && this.#halfDuplex) return;
    this.#context.emit({ kind: 'ready', settings: this.#context.remoteSettings });
  }

  #sendSettings(): void {
    announceSettings(this.#context);
    this.#router.decoding.reserve(this.#context.encodings.decoders);
  }

  get #flushed(): boolean {
    return this.#halfDuplex && this.#maySend && this.role === 'client';
  }

  /** Requests wait for the other side's settings, or time does; a half-duplex client has them with its answers. */
  get #awaitsSettings(): boolean {
    const { extended } = this.dialect;
    return extended && !this.#router.settled && !(this.#halfDuplex && this.role === 'client');
  }

  /** The input has ended, and all that came was read. */
  #finishInput(): void {
    if (!this.#inputEnded || this.#state !== 'reading' || !this.#router.decoding.idle) return;
    const serves = this.role === 'server';
    const cut = this.#reader.pending > 0 ? fault('7.7', 'The input ended inside a frame.') : undefined;
    const broken = cut ?? (serves ? this.#router.endInput() : undefined);
    this.#maySend ||= serves;
    if (broken !== undefined) this.#die(broken);
    else if (serves) this.#responder.endInput();
    else this.#requester.fail(new WiremuxError('connection-lost', 'The exchange ended before the answer did.'));
    this.#context.wake();
  }

  #afterRead(broken: ProtocolFault | undefined): void {
    this.#dieOf(broken);
    if (this.#events.length > 0) this.#context.wake();
  }

  #checkHandshake(now: number): void {
    const { settingsTimeout } = this.#context.limits;
    if (now < this.#openedAt + settingsTimeout) return;
    const message = `The settings were not complete after ${settingsTimeout} ms.`;
    this.#die(fault('8.3.8', message, CloseCode.HandshakeTimeout));
  }

  /** When the other side's silence, or an upload that nobody reads, is to be looked at. */
  #nextCheck(pausedTimeout: number): number {
    if (this.dialect.duplex) return this.#heartbeat.nextTimeout;
    if (!this.#budget.paused || !this.#servesOthers) return Number.POSITIVE_INFINITY;
    return this.#budget.pausedSince + pausedTimeout;
  }

  /** An upload that pauses the transport keeps it from other requests (SPEC 5.8). */
  get #servesOthers(): boolean {
    return this.role === 'server' && this.#responder.size > 1;
  }

  #failStalledUploads(now: number): void {
    const before = now - this.#context.limits.pausedTimeout;
    for (const half of this.#budget.overfull) {
      if (this.#servesOthers && half.stalledSince <= before) this.#responder.failStalled(half);
    }
  }

  #dieOf(broken: ProtocolFault | undefined): void {
    if (broken !== undefined && this.#state !== 'dead') this.#die(broken);
  }

  /** One error frame, then nothing more (SPEC 5.11). */
  #die(broken: ProtocolFault, requestId = 0): void {
    this.#state = 'dead';
    this.#output.clear([...this.#requester.halves, ...this.#responder.halves]);
    this.#router.decoding.close();
    this.#context.encodings.close();
    reportFault(this.#context, broken, requestId);
    this.#context.emit({ kind: 'closing', fault: broken });
    this.#context.wake();
  }
}
