import type { ProtocolFault } from '../errors.js';
import { DEFAULT_CHANNELS } from '../flow/scheduler.js';
import { SendWindow } from '../flow/send-window.js';
import { resolveLimits } from '../limits.js';
import { DEFAULT_SETTINGS, type PeerSettings } from '../message/settings.js';
import { Answering } from './answering.js';
import { type ContextOwner, PeerContext } from './context.js';
import { Drain } from './drain.js';
import { Encodings } from './encodings.js';
import { FrameRouter, type FrameRoutes } from './frame-router.js';
import { Heartbeat } from './heartbeat.js';
import { Output, type OutputListener } from './output.js';
import { OwnSettings } from './own-settings.js';
import type { PeerOptions, TokenRefreshConstructor } from './peer-options.js';
import { PeerSession } from './peer-session.js';
import { ReceiveBudget } from './receive-half.js';
import { Requester } from './requester.js';
import type { SendHalf } from './send-half.js';
import { StalledUploads } from './stalled-uploads.js';
import type { TokenRefresh } from './token-refresh.js';
import { TransportWatch } from './transport-watch.js';

/** The parts of a peer, made to know each other. */
export abstract class PeerParts implements ContextOwner, FrameRoutes, OutputListener {
  readonly context: PeerContext;
  readonly session: PeerSession;
  readonly answering: Answering;
  readonly router: FrameRouter;
  readonly budget: ReceiveBudget;
  readonly heartbeat: Heartbeat;
  readonly drain: Drain;
  readonly window: SendWindow;
  readonly output: Output;
  readonly watch: TransportWatch;
  readonly #authenticates: boolean;
  #refresh: TokenRefreshConstructor | undefined;
  #requester: Requester | undefined;
  #tokens: TokenRefresh | undefined;

  /** @param predecessor what it has announced holds for these too */
  constructor(options: PeerOptions, predecessor?: PeerParts) {
    const { role, now, halfDuplex = false, channels = DEFAULT_CHANNELS } = options;
    const dialect = (halfDuplex ? options.dialect.halfDuplex : undefined) ?? options.dialect;
    const limits = resolveLimits(options.limits);
    const encodings = new Encodings(options, dialect, limits, predecessor?.context.encodings);
    this.session = new PeerSession(options, dialect);
    this.window = new SendWindow(limits.sendWindow);
    this.output = new Output({
      window: dialect.duplex ? this.window : undefined,
      role,
      dialect,
      channels,
      maxPayload: DEFAULT_SETTINGS.maxFrame,
      mayEncode: encodings.runtime !== undefined,
      listener: this,
    });
    this.context = new PeerContext(this, {
      role,
      dialect,
      halfDuplex,
      limits,
      now,
      ownSettings: predecessor?.context.ownSettings ?? new OwnSettings(limits, options),
      output: this.output,
      encodings,
    });
    this.budget = new ReceiveBudget(this.context);
    this.answering = new Answering(this.context, this.budget);
    if (options.responder !== undefined) this.answering.begin(options.responder);
    this.heartbeat = new Heartbeat(this.context, this.window, this.session.received);
    this.#authenticates = options.authenticate === true;
    this.#refresh = options.tokens;
    this.drain = new Drain(this.context);
    const uploads = dialect.duplex ? undefined : new StalledUploads(this.context, this.budget, this.answering);
    this.watch = new TransportWatch(this.context, uploads ?? this.heartbeat, this);
    this.router = new FrameRouter(this.context, this);
  }

  /** What opens requests, made for the first of them: few servers open any. */
  get requester(): Requester {
    this.#requester ??= new Requester(this.context, this.budget);
    return this.#requester;
  }

  /** The same, if a request was opened. */
  get opener(): Requester | undefined {
    return this.#requester;
  }

  /** Made for the first newer token; absent where nothing was given that takes or sends one. */
  get tokens(): TokenRefresh | undefined {
    if (this.#refresh !== undefined) this.#tokens ??= new this.#refresh(this.context, this.#authenticates);
    return this.#tokens;
  }

  /** Client: newer tokens are sent by this from now on. */
  refreshBy(refresh: TokenRefreshConstructor): void {
    this.#refresh ??= refresh;
  }

  scheduled(half: SendHalf): void {
    if ((half.requestId & 1) === (this.context.role === 'client' ? 1 : 0)) this.requester.scheduled(half);
    else this.answering.scheduled(half);
  }

  proved(requestId: number): void {
    this.answering.responder?.proved(requestId);
  }

  abstract fail(broken: ProtocolFault | undefined): void;

  abstract onSettings(settings: PeerSettings): ProtocolFault | undefined;
}
