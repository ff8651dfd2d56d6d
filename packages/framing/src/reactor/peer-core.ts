import { CloseCode, fault, type ProtocolFault, WiremuxError } from '../errors.js';
import type { FrameHeader } from '../frame/frame.js';
import { FrameReader, type FrameSink } from '../frame/reader.js';
import type { TokenVerdict } from '../message/auth.js';
import type { SessionGrant, SessionReply } from '../message/session-settings.js';
import { DEFAULT_SETTINGS, lastingSettings, type PeerSettings } from '../message/settings.js';
import type { PeerEvent } from './events.js';
import { reportFault } from './fault-report.js';
import type { PeerOptions, TokenRefreshConstructor } from './peer-options.js';
import { PeerParts } from './peer-parts.js';
import { announceSettings, sendSettings } from './settings-exchange.js';

/**
 * - `reading`: frames come and go;
 * - `held`: the server has not said yet who its client is, nothing more is read;
 * - `leaving`: the transport is being closed, and nothing goes on it any more, but the session lives;
 * - `detached`: there is no transport, the session waits for one;
 * - `lost`: the session is over, and another peer may take over its transport;
 * - `dead`: all is over.
 */
type State = 'reading' | 'held' | 'leaving' | 'detached' | 'lost' | 'dead';

/** On what terms a server lets a client in. */
export interface AcceptTerms {
  /** How long its token still holds, ms from now; left out: it does not expire (SPEC 8.3.12). */
  readonly expires?: number;
  /** The session it is given, if it asked for one; a fresh one also where another could not be resumed (SPEC 8.8.2). */
  readonly session?: SessionGrant;
}

const LET_IN: PeerSettings['auth'] = { ok: true };

/** The life of a peer: of its transports, its session and itself. */
export class PeerCore extends PeerParts {
  readonly #mustAuthenticate: boolean;
  readonly #halfDuplex: boolean;
  /** Of one transport: what was cut with it is not counted (SPEC 8.7.1). */
  #reader: FrameReader;
  /** It is this side's turn to send: always, but for one half of a half-duplex exchange. */
  #maySend: boolean;
  #inputEnded = false;
  #bytesIn = 0;
  #state: State = 'reading';

  /** @param predecessor the core whose session was lost, and whose transport this one takes over */
  constructor(options: PeerOptions, predecessor?: PeerCore) {
    super(options, predecessor);
    this.#halfDuplex = options.halfDuplex === true;
    this.#maySend = !this.#halfDuplex;
    this.#mustAuthenticate = options.authenticate === true && this.context.dialect.extended;
    this.#reader = new FrameReader(this.context.limits.framePayload);
    if (predecessor === undefined) this.#begin();
    else this.#succeed(predecessor);
  }

  #begin(): void {
    if (this.context.role === 'client') {
      if (this.session.asked) this.output.kept = this.session.keepFrames();
      this.#announce(this.session.asked ? { kind: 'new' } : undefined);
    }
    if (!this.#awaitsSettings) this.context.emit({ kind: 'ready', settings: DEFAULT_SETTINGS });
  }

  receiveBytes(chunk: Uint8Array, now: number): void {
    this.context.now = now;
    if (this.#state === 'dead' || this.#state === 'leaving' || this.#state === 'detached') return;
    this.#bytesIn += chunk.length;
    this.heartbeat.heard();
    this.#afterRead(this.#reader.push(chunk, this.#sink));
  }

  endInput(now: number): void {
    this.context.now = now;
    if (!this.#halfDuplex || this.#inputEnded) return;
    this.#inputEnded = true;
    this.#finishInput();
  }

  flush(now: number): void {
    this.context.now = now;
    if (!this.#halfDuplex || this.context.role === 'server') return;
    this.#maySend = true;
    this.context.wake();
  }

  get inputPending(): boolean {
    return this.#inputEnded && this.#state === 'reading' && this.router.isDecoding;
  }

  get outputEnded(): boolean {
    if (!this.#halfDuplex || !this.#maySend || this.#state !== 'reading' || !this.output.idle) return false;
    return this.context.role === 'client' ? this.requester.sent : this.answering.size === 0;
  }

  /** A half-duplex client has sent what it will. */
  get flushed(): boolean {
    return this.#halfDuplex && this.#maySend && this.context.role === 'client';
  }

  /** Requests may be opened and answered. */
  get alive(): boolean {
    return this.#state !== 'dead' && this.#state !== 'lost';
  }

  get detached(): boolean {
    return this.#state === 'detached';
  }

  transportClosed(error: WiremuxError): void {
    this.#state = 'dead';
    this.#end(error);
    this.context.encodings.close();
  }

  takeEvents(): readonly PeerEvent[] {
    if (this.router.isDecoding) this.#goOnDecoding();
    return this.context.takeEvents();
  }

  takeBytes(now: number): Uint8Array[] | undefined {
    this.context.now = now;
    const last = this.#state === 'dead';
    if (!last && (!this.#maySend || !this.#onTransport)) return undefined;
    this.budget.noteProgress();
    const tells = this.context.dialect.duplex && !last && !this.output.resuming;
    const acknowledged = tells ? this.heartbeat.tell(this.output.pending) : undefined;
    return this.output.takeMessage(now, acknowledged);
  }

  get readPaused(): boolean {
    return (
      this.#state === 'held' ||
      (this.#state === 'reading' && (this.budget.paused || this.router.decoding?.full === true))
    );
  }

  nextTimeout(): number | undefined {
    if (this.#state === 'held' || !this.alive) return undefined;
    const check = this.#state === 'reading' ? this.watch.nextCheck(this.#awaitsSettings) : Number.POSITIVE_INFINITY;
    const next = Math.min(this.answering.nextDeadline, check);
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  handleTimeout(now: number): void {
    this.context.now = now;
    if (this.#state === 'held' || !this.alive) return;
    this.budget.noteProgress();
    this.answering.responder?.expire(now);
    if (this.#state === 'reading') this.fail(this.watch.check(this.#awaitsSettings));
  }

  accept(now: number, terms: AcceptTerms): void {
    if (this.#state !== 'held') return;
    this.context.now = now;
    this.#admit(terms, this.context.remoteSettings.session);
    this.#state = 'reading';
    this.heartbeat.heard();
    this.#ready();
    this.#readOn();
  }

  refreshToken(token: string, now: number, by: TokenRefreshConstructor): void {
    this.context.now = now;
    const { role, dialect } = this.context;
    const able = role === 'client' && dialect.duplex && this.router.settled && this.#state === 'reading';
    if (!able) return;
    this.refreshBy(by);
    this.tokens?.send(token);
  }

  answerToken(verdict: TokenVerdict): void {
    if (this.#state === 'reading') this.tokens?.answer(verdict);
  }

  close(closeCode: CloseCode, reason: string): void {
    if (this.alive) this.#die({ rule: '9.2', message: reason, closeCode });
  }

  ping(payload: Uint8Array): void {
    if (this.context.dialect.duplex && this.router.settled && this.#state === 'reading') this.heartbeat.ping(payload);
  }

  /** Bytes that came. */
  get bytesIn(): number {
    return this.#bytesIn;
  }

  /** Bytes kept for a replay. */
  get keptBytes(): number {
    return this.output.kept?.bytes ?? 0;
  }

  /** Whether the session goes on without the transport that was closed with this code, by the other side or this one. */
  survives(code: number): boolean {
    if (!this.session.open || !this.alive) return false;
    const other = this.context.role === 'client' ? 'server' : 'client';
    return this.#state !== 'reading' || !this.drain.endsSession(code, other);
  }

  /** The transport is gone: what belonged to it goes, the session waits for another. */
  detach(now: number): void {
    this.context.now = now;
    if (!this.session.open || !this.alive || this.#state === 'detached') return;
    this.#state = 'detached';
    this.#reader = new FrameReader(this.context.limits.framePayload);
    this.router.dropLink();
    this.output.dropLink();
    this.drain.restart();
    this.output.resuming = false;
    this.context.wake();
  }

  /** Client: there is a new transport. Nothing but settings goes on it until the server's have come (SPEC 8.3.3). */
  attach(now: number, token: string | undefined): void {
    const { grant, received } = this.session;
    if (this.#state !== 'detached' || this.context.role !== 'client' || grant === undefined) return;
    this.context.now = now;
    this.#state = 'reading';
    this.watch.restart();
    this.#beginLink();
    this.output.resuming = true;
    if (token !== undefined) this.context.ownSettings.token = token;
    const { id, secret } = grant;
    sendSettings(this.context, { kind: 'resume', id, secret, received: received.frames });
  }

  /** Server: goes on with the session on the transport of `newer`, which waits for `accept`; false if it cannot. */
  resume(newer: PeerCore, now: number, terms: AcceptTerms): boolean {
    const asked = newer.context.remoteSettings.session;
    if (newer.#state !== 'held' || asked?.kind !== 'resume' || !this.session.open || !this.alive) return false;
    if (this.#state === 'held' || !this.window.canHave(asked.received)) return false;
    this.context.now = now;
    const { received } = this.session;
    if (!this.session.progress.resume(received.frames, asked.received)) {
      this.#die(noProgress(CloseCode.Policy));
      return false;
    }
    this.detach(now);
    this.#takeTransport(newer);
    newer.#state = 'dead';
    newer.#end(new WiremuxError('session-lost', 'The transport went to another session.'));
    newer.context.encodings.close();
    this.#state = 'reading';
    this.#admit(terms, asked);
    this.#beginLink();
    sendSettings(this.context, this.session.reply(true));
    this.drain.ready();
    this.#goOn(asked.received);
    this.#readOn();
    return true;
  }

  /** Goes on where a lost session ended: the transport is there, and the server's settings have come (SPEC 8.8.9). */
  #succeed(lost: PeerCore): void {
    if (lost.#state !== 'lost')
      throw new WiremuxError('internal', 'Only a peer whose session was lost has a successor.');
    lost.#state = 'dead';
    this.#takeTransport(lost);
    this.output.inheritLink(lost.output);
    this.onSettings(lost.session.lostTo as PeerSettings);
    this.#readOn();
  }

  /** Server: what it says to its client with its settings. */
  #admit({ session, expires }: AcceptTerms, asked: PeerSettings['session']): void {
    this.context.ownSettings.auth = expires === undefined ? LET_IN : { ok: true, expires };
    if (asked?.kind === 'resume') this.session.shown(asked.secret);
    if (session === undefined || asked === undefined) return;
    this.session.begin(session);
    this.output.kept ??= this.session.keepFrames();
  }

  /** There is a new transport: what belonged to the older one begins anew. */
  #beginLink(): void {
    this.heartbeat.restart();
    this.tokens?.restart();
  }

  #takeTransport(other: PeerCore): void {
    this.#reader = other.#reader;
    this.watch.inherit(other.watch);
    this.#bytesIn += other.#bytesIn;
    this.router.inheritLink(other.router);
  }

  /** The session is there again, and the other side has `received` of what was sent (SPEC 8.8.8). */
  #goOn(received: number): void {
    this.window.resume(received);
    this.output.resuming = false;
    this.context.emit({ kind: 'resumed' });
    this.context.wake();
  }

  /** The server has answered a client that wants its session back (SPEC 8.8.7, 8.8.9). */
  #onResumeReply(settings: PeerSettings, reply: SessionReply | undefined): ProtocolFault | undefined {
    if (reply?.resumed !== true) {
      this.#lose(settings);
      return undefined;
    }
    const session = this.session;
    if (!session.isSame(reply)) return fault('8.8.5', 'The server resumed another session.');
    if (!this.window.canHave(reply.received)) {
      return fault('8.8.7', `The server says it has ${reply.received} frames, which cannot be.`);
    }
    if (!session.progress.resume(session.received.frames, reply.received)) return noProgress(CloseCode.Normal);
    session.begin(reply);
    this.#goOn(reply.received);
    if (session.progress.stalled && this.output.kept?.replaying !== true) this.watch.resumedQuietly();
    return undefined;
  }

  /** The server does not know the session any more: its requests end, its transport is good (SPEC 8.8.9). */
  #lose(settings: PeerSettings): void {
    this.#state = 'lost';
    this.session.lostTo = settings;
    this.#end(new WiremuxError('session-lost', 'The server does not know the session any more. Ask again.'));
    this.context.emit({ kind: 'session-lost', settings });
  }

  /** Made for each chunk that is read. */
  get #sink(): FrameSink {
    return (header, payload) => this.#receiveFrame(header, payload);
  }

  /** False stops the frame reader. */
  #receiveFrame(header: FrameHeader, payload: Uint8Array): boolean {
    const broken = this.router.route(header, payload);
    if (broken !== undefined) this.#die(broken, header.requestId);
    return this.#state === 'reading' && this.router.decoding?.full !== true;
  }

  /** Delivers what was decoded since, and reads on where that had to wait for it. */
  #goOnDecoding(): void {
    const { decoding } = this.router;
    if (decoding === undefined || !this.alive) return;
    const wasFull = decoding.full;
    this.#afterRead(decoding.advance());
    if (this.#state !== 'reading' || decoding.full) return;
    if (wasFull) this.#afterRead(this.#reader.resume(this.#sink));
    this.#finishInput();
  }

  /** Of {@link PeerParts}. */
  onSettings(settings: PeerSettings): ProtocolFault | undefined {
    if (this.context.role === 'client') {
      const reply = settings.session?.kind === 'reply' ? settings.session : undefined;
      if (this.output.resuming) return this.#onResumeReply(settings, reply);
      // One that succeeds a lost session has the answer to what that asked for.
      if (this.session.asked && reply?.resumed === true) {
        return fault('8.8.5', 'The server resumed a session that was not asked for.');
      }
      this.#beginSession(reply);
    }
    this.output.encodeWith(this.context.encodings.encodersFor(settings, this.context));
    if (!this.context.dialect.extended) return undefined;
    this.context.remoteSettings = settings;
    this.output.maxPayload = settings.maxFrame;
    this.output.streams.most = settings.openStreams;
    if (this.#mustAuthenticate) {
      this.#state = 'held';
      this.context.emit({ kind: 'authenticate', settings });
    } else {
      this.#ready();
    }
    return undefined;
  }

  #beginSession(reply: SessionReply | undefined): void {
    if (this.session.asked && reply !== undefined) {
      this.session.begin(reply);
      this.output.kept ??= this.session.keepFrames();
      return;
    }
    this.output.kept?.close();
    this.output.kept = undefined;
  }

  #ready(): void {
    if (this.context.role === 'server') {
      this.#announce(this.session.open ? this.session.reply(false) : undefined);
      this.drain.ready();
    }
    if (this.context.role === 'client' && this.#halfDuplex) return;
    const settings = this.context.remoteSettings;
    this.context.remoteSettings = lastingSettings(settings);
    this.context.emit({ kind: 'ready', settings });
  }

  #announce(session: PeerSettings['session']): void {
    announceSettings(this.context, session);
  }

  /** Reads what had to wait. */
  #readOn(): void {
    this.#afterRead(this.#reader.resume(this.#sink));
    this.#finishInput();
    this.context.wake();
  }

  /** There is a transport that takes what this side says. */
  get #onTransport(): boolean {
    return this.#state === 'reading' || this.#state === 'held';
  }

  /** Requests wait for the other side's settings, or time does; a half-duplex client has them with its answers. */
  get #awaitsSettings(): boolean {
    const { extended } = this.context.dialect;
    return extended && !this.router.settled && !(this.#halfDuplex && this.context.role === 'client');
  }

  /** The input has ended, and all that came was read. */
  #finishInput(): void {
    if (!this.#inputEnded || this.#state !== 'reading' || this.router.isDecoding) return;
    const serves = this.context.role === 'server';
    const cut = this.#reader.pending > 0 ? fault('7.7', 'The input ended inside a frame.') : undefined;
    const broken = cut ?? (serves ? this.router.endInput() : undefined);
    this.#maySend ||= serves;
    if (broken !== undefined) this.#die(broken);
    else if (serves) this.answering.responder?.endInput();
    else this.requester.fail(new WiremuxError('connection-lost', 'The exchange ended before the answer did.'));
    this.context.wake();
  }

  #afterRead(broken: ProtocolFault | undefined): void {
    this.fail(broken);
    if (this.context.stirred) this.context.wake();
  }

  /** Of {@link PeerParts}. */
  fail(broken: ProtocolFault | undefined): void {
    if (broken !== undefined && this.alive) this.#die(broken);
  }

  /** One error frame, then nothing more (SPEC 5.11); or only this transport ends, where the session survives that. */
  #die(broken: ProtocolFault, requestId = 0): void {
    if (this.session.open && !this.drain.endsSession(broken.closeCode, this.context.role)) {
      this.#leave(broken);
      return;
    }
    const hasTransport = this.#onTransport;
    this.#state = 'dead';
    this.output.clear([...(this.opener?.halves ?? []), ...this.answering.halves]);
    this.router.decoding?.close();
    this.context.encodings.close();
    if (hasTransport) reportFault(this.context, broken, requestId);
    this.context.emit({ kind: 'closing', fault: broken });
    this.context.wake();
  }

  #leave(broken: ProtocolFault): void {
    if (!this.#onTransport) return;
    this.#state = 'leaving';
    this.context.emit({ kind: 'leaving', fault: broken });
    this.context.wake();
  }

  /** Every open request ends with `error`. */
  #end(error: WiremuxError): void {
    this.opener?.fail(error);
    this.answering.fail(error);
    this.output.clear([]);
    this.router.decoding?.close();
  }
}

function noProgress(closeCode: CloseCode): ProtocolFault {
  return fault('8.8.10', 'The session was resumed again and again, and nothing of it went forward.', closeCode);
}
