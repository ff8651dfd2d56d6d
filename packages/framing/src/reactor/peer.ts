import type { CborLimits } from '../cbor/index.js';
import type { Dialect } from '../dialect/dialect.js';
import { FrameType, PieceFlag } from '../dialect/types.js';
import { CloseCode, fault, type ProtocolFault, WiremuxError } from '../errors.js';
import { type ChannelWeight, DEFAULT_CHANNELS } from '../flow/scheduler.js';
import { TokenBucket } from '../flow/token-bucket.js';
import type { FrameHeader } from '../frame/frame.js';
import { FrameReader } from '../frame/reader.js';
import { type Limits, resolveLimits } from '../limits.js';
import type { CancelReason } from '../message/control.js';
import { encodeErrorFrame } from '../message/failure.js';
import type { OutputAtom } from '../message/output.js';
import type { ProgressUpdate } from '../message/progress.js';
import { DEFAULT_SETTINGS, encodeSettings, type PeerSettings } from '../message/settings.js';
import type { PeerContext } from './context.js';
import type { CancelResult, PeerEvent } from './events.js';
import { FrameRouter } from './frame-router.js';
import { Heartbeat } from './heartbeat.js';
import { Output } from './output.js';
import { ReceiveBudget, type ReceiveHalf } from './receive-half.js';
import { type OutgoingRequest, Requester } from './requester.js';
import { Responder } from './responder.js';
import type { PeerStats } from './stats.js';

/** What a {@link Peer} is made of. */
export interface PeerOptions {
  readonly role: 'client' | 'server';
  readonly dialect: Dialect;
  /** Monotonic ms. */
  readonly now: number;
  readonly limits?: Partial<Limits>;
  /** Name and version of this software, told to the other side; at most 256 bytes. */
  readonly agent?: string;
  /** Client: proof of who it is, at most 16 KiB. */
  readonly token?: string;
  /** Server: nothing is read past the client's settings until `accept()` (SPEC 8.3.2). */
  readonly authenticate?: boolean;
  /** Channels beside `control`, with their weights (SPEC 8.12). */
  readonly channels?: readonly ChannelWeight[];
}

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
 * Methods about a request that has already ended do nothing: they crossed its end.
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
  readonly #output: Output;
  readonly #bucket: TokenBucket;
  readonly #openedAt: number;
  readonly #mustAuthenticate: boolean;
  #events: PeerEvent[] = [];
  #bytesIn = 0;
  /** `reading`, `held` until the server has authenticated its client, or `dead`. */
  #state: 'reading' | 'held' | 'dead' = 'reading';
  #onWake: () => void = () => undefined;
  readonly #sink = (header: FrameHeader, payload: Uint8Array): boolean => this.#receiveFrame(header, payload);

  constructor(options: PeerOptions) {
    const { role, dialect, now } = options;
    const limits = resolveLimits(options.limits);
    const cborLimits: CborLimits = { depth: limits.cborDepth, items: limits.cborItems, bytes: limits.valueBytes };
    this.role = role;
    this.dialect = dialect;
    this.#openedAt = now;
    this.#mustAuthenticate = options.authenticate === true && dialect.extended;
    this.#reader = new FrameReader(limits.framePayload);
    this.#bucket = new TokenBucket(limits.controlBudget, limits.controlRefill, now);
    this.#output = new Output({
      role,
      dialect,
      channels: options.channels ?? DEFAULT_CHANNELS,
      maxPayload: DEFAULT_SETTINGS.maxFrame,
      onScheduled: (half) => {
        if ((half.requestId & 1) === (role === 'client' ? 1 : 0)) this.#requester.scheduled(half);
        else this.#responder.scheduled(half);
      },
      onProof: (requestId) => this.#responder.proved(requestId),
    });
    this.#context = {
      role,
      dialect,
      limits,
      cborLimits,
      output: this.#output,
      now,
      ownSettings: {
        encodings: ['identity'],
        maxFrame: limits.framePayload,
        credit: limits.answerCredit,
        openRequests: limits.openRequests,
        requestMap: limits.requestMap,
        openStreams: limits.openStreams,
        valueBytes: limits.valueBytes,
        ...(options.token === undefined ? {} : { token: options.token }),
        ...(options.agent === undefined ? {} : { agent: options.agent }),
      },
      remoteSettings: DEFAULT_SETTINGS,
      emit: (event) => this.#events.push(event),
      wake: () => this.#onWake(),
      charge: (what) => this.#charge(what),
      chargeOrFail: (what) => {
        const over = this.#charge(what);
        if (over !== undefined && this.#state !== 'dead') this.#die(over);
      },
    };
    this.#budget = new ReceiveBudget(this.#context);
    this.#requester = new Requester(this.#context, this.#budget);
    this.#responder = new Responder(this.#context, this.#budget);
    this.#heartbeat = new Heartbeat(this.#context);
    this.#router = new FrameRouter(this.#context, {
      requester: this.#requester,
      responder: this.#responder,
      heartbeat: this.#heartbeat,
      onSettings: (settings) => this.#onSettings(settings),
    });
    if (dialect.extended && role === 'client') this.#sendSettings();
    if (!dialect.extended) this.#context.emit({ kind: 'ready', settings: DEFAULT_SETTINGS });
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

  /** The transport is gone: every open request ends with `error`. */
  transportClosed(error: WiremuxError): void {
    this.#state = 'dead';
    this.#requester.fail(error);
    this.#responder.fail(error);
    this.#output.clear([]);
  }

  /** What happened since the last call, in order. */
  takeEvents(): PeerEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** One message of whole frames (SPEC 7.2), or undefined if nothing may be sent now. May make new events. */
  takeBytes(now: number): Uint8Array[] | undefined {
    this.#context.now = now;
    this.#budget.noteProgress();
    if (this.dialect.duplex && this.#state !== 'dead') this.#heartbeat.flush(this.#output.pending);
    return this.#output.takeMessage();
  }

  /**
   * The transport should not be read: its bytes would have no bound (SPEC 5.8, 5.9, 8.3.2). A dead peer drops them, and
   * its transport must read to see the other side close.
   */
  get readPaused(): boolean {
    return this.#state === 'held' || (this.#state === 'reading' && this.#budget.paused);
  }

  /** When `handleTimeout` should be called, ms; it may change with every call. */
  nextTimeout(): number | undefined {
    if (this.#state !== 'reading') return undefined;
    const { limits } = this.#context;
    if (this.dialect.duplex) {
      return this.#router.settled ? this.#heartbeat.nextTimeout : this.#openedAt + limits.settingsTimeout;
    }
    const stalled = this.#stallingUploads().map(({ stalledSince }) => stalledSince);
    return stalled.length === 0 ? undefined : Math.min(...stalled) + limits.pausedTimeout;
  }

  handleTimeout(now: number): void {
    this.#context.now = now;
    if (this.#state !== 'reading') return;
    this.#budget.noteProgress();
    if (this.dialect.duplex) this.#checkSilence(now);
    else this.#failStalledUploads(now);
  }

  /** Server: the client is who its settings say; reading goes on (SPEC 8.3.2). */
  accept(now: number): void {
    if (this.#state !== 'held') return;
    this.#context.now = now;
    this.#state = 'reading';
    this.#heartbeat.heard();
    this.#ready();
    this.#afterRead(this.#reader.resume(this.#sink));
    this.#context.wake();
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
    return this.#state === 'dead' ? 0 : this.#requester.openSlots;
  }

  /**
   * Opens a request and returns its id.
   * @throws {WiremuxError} `too-many-requests`, `too-big`, `unsupported`, `unknown-command` for an empty name, or
   * `connection-lost` on a dead peer
   */
  open(request: OutgoingRequest): number {
    if (this.#state === 'dead') throw new WiremuxError('connection-lost', 'The connection has ended; connect again.');
    if (this.role === 'server' && !this.dialect.duplex) {
      throw new WiremuxError('unsupported', `In ${this.dialect.name} only clients open requests; use wiremux.1.`);
    }
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

  /**
   * Queues a value of an answer; false: wait for `answer-writable`.
   * @throws {WiremuxError} `unsupported` for what cannot be encoded, `too-big` for more than the peer puts together,
   * `slow-reader` past the limit `sendQueue`
   */
  sendValue(id: number, value: unknown): boolean {
    return this.#responder.sendValue(id, value);
  }

  /** Queues text output; never waits, the oldest is dropped past the limit `textQueue`. */
  sendOutput(id: number, atoms: readonly OutputAtom[]): void {
    this.#responder.sendOutput(id, atoms);
  }

  /** Queues a progress update; never waits, newer ones replace those of their topic. */
  sendProgress(id: number, update: ProgressUpdate): void {
    this.#responder.sendProgress(id, update);
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
    const queued = new Map<string, number>();
    const requests = [...this.#responder.list()].map(({ id, send }) => {
      queued.set(send.channel, (queued.get(send.channel) ?? 0) + send.queued);
      return { id, channel: send.channel, bytes: send.sentBytes };
    });
    const inbound = [...this.#router.inbound.list()].map(({ id, frames, bytes }) => ({
      stream: id,
      direction: 'in' as const,
      name: id === this.#router.linkStream ? 'link' : 'in',
      encoding: 'identity',
      frames,
      bytes,
      queued: 0,
    }));
    const outbound = [...this.#output.allStreams()].map(({ id, channel, frames, bytes }) => ({
      stream: id,
      direction: 'out' as const,
      name: channel,
      encoding: 'identity',
      frames,
      bytes,
      queued: queued.get(channel) ?? 0,
    }));
    return {
      frames: { in: this.#router.frames, out: this.#output.frames },
      bytes: { in: this.#bytesIn, out: this.#output.bytes },
      streams: [...inbound, ...outbound],
      requests,
    };
  }

  /** False stops the frame reader. */
  #receiveFrame(header: FrameHeader, payload: Uint8Array): boolean {
    const broken = this.#router.route(header, payload);
    if (broken !== undefined) this.#die(broken, header.requestId);
    return this.#state === 'reading';
  }

  #onSettings(settings: PeerSettings): void {
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
    this.#context.emit({ kind: 'ready', settings: this.#context.remoteSettings });
  }

  #sendSettings(): void {
    this.#output.link(FrameType.SenderSettings, PieceFlag.Eos, encodeSettings(this.#context.ownSettings));
    this.#context.wake();
  }

  #afterRead(broken: ProtocolFault | undefined): void {
    if (broken !== undefined && this.#state !== 'dead') this.#die(broken);
    if (this.#events.length > 0) this.#context.wake();
  }

  #checkSilence(now: number): void {
    if (!this.#router.settled) {
      const { settingsTimeout } = this.#context.limits;
      if (now < this.#openedAt + settingsTimeout) return;
      const message = `The settings were not complete after ${settingsTimeout} ms.`;
      this.#die(fault('8.3.8', message, CloseCode.HandshakeTimeout));
      return;
    }
    const silent = this.#heartbeat.handleTimeout();
    if (silent !== undefined) this.#die(silent);
  }

  /** Uploads that keep a paused transport from other requests (SPEC 5.8). */
  #stallingUploads(): ReceiveHalf[] {
    return this.role === 'server' && this.#responder.size > 1 ? [...this.#budget.overfull] : [];
  }

  #failStalledUploads(now: number): void {
    const before = now - this.#context.limits.pausedTimeout;
    for (const half of this.#stallingUploads()) {
      if (half.stalledSince <= before) this.#responder.failStalled(half);
    }
  }

  /** Servers of older dialects may send frames that decode to nothing: their clients do not count (SPEC 9.1.16). */
  #charge(what: string): ProtocolFault | undefined {
    const counts = this.dialect.duplex || this.role === 'server';
    if (!counts || this.#bucket.take(this.#context.now)) return undefined;
    return fault('9.1.14', `The control budget is used up (last by ${what}).`, CloseCode.TooMany);
  }

  /** One error frame, then nothing more (SPEC 5.11). */
  #die(broken: ProtocolFault, requestId = 0): void {
    this.#state = 'dead';
    this.#output.clear([...this.#requester.halves, ...this.#responder.halves]);
    if (broken.closeCode === CloseCode.Protocol && broken.reported !== true) this.#sendFault(broken, requestId);
    this.#context.emit({ kind: 'closing', fault: broken });
    this.#context.wake();
  }

  #sendFault({ message }: ProtocolFault, requestId: number): void {
    const payload = encodeErrorFrame(new WiremuxError('protocol', message), 'protocol', this.dialect.extended);
    if (this.dialect.extended) this.#output.link(FrameType.Error, 0, payload);
    else if (this.role === 'server') this.#output.beginUnlinked(FrameType.Error, 0, requestId, payload);
  }
}
