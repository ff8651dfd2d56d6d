import type { CborLimits } from '../cbor/index.js';
import type { Dialect } from '../dialect/dialect.js';
import type { ProtocolFault } from '../errors.js';
import type { Limits } from '../limits.js';
import { DEFAULT_SETTINGS, type PeerSettings } from '../message/settings.js';
import { ControlBudget } from './control-budget.js';
import type { Encodings } from './encodings.js';
import type { PeerEvent } from './events.js';
import type { Output } from './output.js';
import type { OwnSettings } from './own-settings.js';

/** Whom a context belongs to. */
export interface ContextOwner {
  /** Ends the connection, if it was broken. */
  fail(broken: ProtocolFault | undefined): void;
}

/** What a context is made of. */
export interface ContextBasis {
  readonly role: 'client' | 'server';
  readonly dialect: Dialect;
  readonly halfDuplex: boolean;
  readonly limits: Limits;
  readonly now: number;
  readonly ownSettings: OwnSettings;
  readonly output: Output;
  readonly encodings: Encodings;
}

/** Who drives a peer. */
export interface PeerListener {
  /**
   * There may be bytes to take, events to handle, or reading to pause or resume; but not for values that `receiveBytes` has
   * brought.
   */
  wake(): void;
  /**
   * Another 16 requests were opened or answered and nothing of them was taken: bytes taken now give the other side
   * something to do meanwhile.
   */
  burst?(): void;
  /** A value was queued that nothing is known to follow: its bytes may be taken at once. Left out: it is woken. */
  value?(): void;
}

const NOBODY: PeerListener = { wake: () => undefined };
const NO_EVENTS: readonly never[] = [];

/** What the parts of one peer share, and whom they tell. Time is that of the call being made. */
export class PeerContext {
  readonly role: 'client' | 'server';
  readonly dialect: Dialect;
  /** Input ends before output begins (SPEC 7.6). */
  readonly halfDuplex: boolean;
  readonly limits: Limits;
  readonly cborLimits: CborLimits;
  readonly output: Output;
  readonly encodings: Encodings;
  /** Monotonic ms of the current call. */
  now: number;
  /** What this side announces, and what the other side did (the defaults until then). */
  readonly ownSettings: OwnSettings;
  remoteSettings: PeerSettings = DEFAULT_SETTINGS;
  listener: PeerListener = NOBODY;
  readonly #owner: ContextOwner;
  /** Full until something is first charged. */
  #control: ControlBudget | undefined;
  /** Absent while there is nothing to tell. */
  #events: PeerEvent[] | undefined;
  #stirred = false;

  constructor(owner: ContextOwner, basis: ContextBasis) {
    const { role, dialect, limits, now } = basis;
    this.#owner = owner;
    this.role = role;
    this.dialect = dialect;
    this.halfDuplex = basis.halfDuplex;
    this.limits = limits;
    this.cborLimits = { depth: limits.cborDepth, items: limits.cborItems, bytes: limits.valueBytes };
    this.output = basis.output;
    this.encodings = basis.encodings;
    this.now = now;
    this.ownSettings = basis.ownSettings;
  }

  /** Tells the application. */
  emit(event: PeerEvent): void {
    this.goOn(event);
    this.#stirred = true;
  }

  /** Tells the application of an answer that goes on. */
  goOn(event: PeerEvent): void {
    this.#events ??= [];
    this.#events.push(event);
  }

  /** There is something to tell. */
  get eventful(): boolean {
    return this.#events !== undefined;
  }

  /** There is more to tell than that answers go on: timeouts, and whether anything is open, may have changed with it. */
  get stirred(): boolean {
    return this.#stirred;
  }

  /** What there is to tell, in order. */
  takeEvents(): readonly PeerEvent[] {
    const events = this.#events;
    this.#events = undefined;
    this.#stirred = false;
    return events ?? NO_EVENTS;
  }

  /** There may be bytes to take. */
  wake(): void {
    this.listener.wake();
  }

  /** Takes from the control budget of the other side; the fault where it has none left (SPEC 9.1.14). */
  charge(what: string): ProtocolFault | undefined {
    this.#control ??= new ControlBudget(this.dialect, this.role, this.limits, this.now);
    return this.#control.charge(what, this.now);
  }

  /** The same for what the application found out later: ends the connection by itself. */
  chargeOrFail(what: string): void {
    this.#owner.fail(this.charge(what));
  }
}
