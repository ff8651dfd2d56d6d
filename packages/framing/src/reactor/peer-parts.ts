import type { CborLimits } from '../cbor/index.js';
import type { ProtocolFault } from '../errors.js';
import { DEFAULT_CHANNELS } from '../flow/scheduler.js';
import { SendWindow } from '../flow/send-window.js';
import { resolveLimits } from '../limits.js';
import { DEFAULT_SETTINGS, type PeerSettings } from '../message/settings.js';
import { Answering } from './answering.js';
import type { PeerContext } from './context.js';
import { ControlBudget } from './control-budget.js';
import { Drain } from './drain.js';
import { Encodings } from './encodings.js';
import type { PeerEvent } from './events.js';
import { FrameRouter } from './frame-router.js';
import { Heartbeat } from './heartbeat.js';
import { Output } from './output.js';
import type { PeerOptions } from './peer-options.js';
import { PeerSession } from './peer-session.js';
import { ReceiveBudget } from './receive-half.js';
import { Requester } from './requester.js';
import { ownSettings } from './settings-exchange.js';
import { StalledUploads } from './stalled-uploads.js';
import { TokenRefresh } from './token-refresh.js';

/** What the parts tell whom they belong to. */
export interface PartsHost {
  emit(event: PeerEvent): void;
  /** There may be bytes to take. */
  wake(): void;
  /** Ends the connection, if it was broken. */
  fail(broken: ProtocolFault | undefined): void;
  /** The other side's settings are complete; the fault if they do not fit. */
  onSettings(settings: PeerSettings): ProtocolFault | undefined;
}

/** The parts of a peer, made to know each other. */
export class PeerParts {
  readonly context: PeerContext;
  readonly session: PeerSession;
  readonly requester: Requester;
  readonly answering: Answering;
  readonly router: FrameRouter;
  readonly budget: ReceiveBudget;
  readonly heartbeat: Heartbeat;
  readonly tokens: TokenRefresh;
  readonly drain: Drain;
  readonly uploads: StalledUploads;
  readonly window: SendWindow;
  readonly output: Output;

  /** @param predecessor what it has announced holds for these too */
  constructor(options: PeerOptions, host: PartsHost, predecessor?: PeerParts) {
    const { role, now, halfDuplex = false, channels = DEFAULT_CHANNELS } = options;
    const dialect = (halfDuplex ? options.dialect.halfDuplex : undefined) ?? options.dialect;
    const limits = resolveLimits(options.limits);
    const cborLimits: CborLimits = { depth: limits.cborDepth, items: limits.cborItems, bytes: limits.valueBytes };
    const control = new ControlBudget(dialect, role, limits, now);
    const encodings = new Encodings(options, dialect, limits, () => host.wake(), predecessor?.context.encodings);
    this.session = new PeerSession(options, dialect);
    this.window = new SendWindow(limits.sendWindow);
    this.output = new Output({
      window: dialect.duplex ? this.window : undefined,
      role,
      dialect,
      channels,
      maxPayload: DEFAULT_SETTINGS.maxFrame,
      encoders: encodings.encoders,
      onScheduled: (half) => {
        if ((half.requestId & 1) === (role === 'client' ? 1 : 0)) this.requester.scheduled(half);
        else this.answering.scheduled(half);
      },
      onProof: (requestId) => this.answering.responder?.proved(requestId),
    });
    this.context = {
      role,
      dialect,
      halfDuplex,
      limits,
      cborLimits,
      output: this.output,
      encodings,
      now,
      ownSettings: predecessor?.context.ownSettings ?? ownSettings(limits, options),
      remoteSettings: DEFAULT_SETTINGS,
      emit: (event) => host.emit(event),
      wake: () => host.wake(),
      charge: (what) => control.charge(what, this.context.now),
      chargeOrFail: (what) => host.fail(this.context.charge(what)),
    };
    this.budget = new ReceiveBudget(this.context);
    this.requester = new Requester(this.context, this.budget);
    this.answering = new Answering(this.context, this.budget);
    if (options.responder !== undefined) this.answering.begin(options.responder);
    this.heartbeat = new Heartbeat(this.context, this.window, this.session.received);
    this.uploads = new StalledUploads(this.context, this.budget, this.answering);
    this.tokens = new TokenRefresh(this.context, options.authenticate === true);
    this.drain = new Drain(this.context);
    this.router = new FrameRouter(this.context, {
      requester: this.requester,
      answering: this.answering,
      heartbeat: this.heartbeat,
      budget: this.budget,
      tokens: this.tokens,
      drain: this.drain,
      onSettings: (settings) => host.onSettings(settings),
    });
  }
}
