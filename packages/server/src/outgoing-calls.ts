import { type Clock, IdTable, type Peer, type RequesterEvent, WiremuxError } from '@wiremux/framing';
import type { RequestCounters } from './dispatcher.js';
import type { CallQueue, CallState, OutgoingCall } from './outgoing-call.js';

/** One call of a client's command that has not ended. */
export interface CallSnapshot {
  /** Id of its request; 0 while it waits. */
  readonly id: number;
  readonly command: string;
  /** When it was made, by the connection's clock, ms. */
  readonly since: number;
  readonly state: CallState;
}

/** Of a connection where no call has waited: nothing is ever added to it. */
const NONE_WAITS = new Set<OutgoingCall>();

/** What the calls of a connection are made of. */
export interface OutgoingCallsOptions {
  readonly peer: Peer;
  readonly clock: Clock;
  /** The most calls that wait until the client takes more requests. */
  readonly maxQueued: number;
  /** Why there can be no calls at all; undefined: there can. */
  readonly refusal?: WiremuxError | undefined;
}

/** The calls of one connection to its client (SPEC 8.4.1): opens them, and brings them the events of their requests. */
export class OutgoingCalls implements CallQueue {
  readonly supported: boolean;
  readonly #peer: Peer;
  readonly #clock: Clock;
  readonly #maxQueued: number;
  #waiting: Set<OutgoingCall> = NONE_WAITS;
  readonly #open = new IdTable<OutgoingCall>();
  /** Why there can be no more calls. */
  #refusal: WiremuxError | undefined;
  #isReady = false;
  #total = 0;
  #failed = 0;

  constructor({ peer, clock, maxQueued, refusal }: OutgoingCallsOptions) {
    this.#peer = peer;
    this.#clock = clock;
    this.#maxQueued = maxQueued;
    this.#refusal = refusal;
    this.supported = refusal === undefined;
  }

  get counters(): RequestCounters {
    return { open: this.#open.size + this.#waiting.size, total: this.#total, failed: this.#failed };
  }

  snapshot(): CallSnapshot[] {
    return [...this.#open, ...this.#waiting].map(({ id, spec, since, state }) => ({
      id,
      command: spec.name,
      since,
      state,
    }));
  }

  now(): number {
    return this.#clock.now();
  }

  timer(ms: number, callback: () => void): () => void {
    return this.#clock.timer(ms, callback);
  }

  defer(callback: () => void): void {
    this.#clock.defer(callback);
  }

  submit(call: OutgoingCall): void {
    this.#total += 1;
    const refusal = this.#refusal ?? this.#overflow;
    if (refusal !== undefined) {
      call.fail(refusal);
      return;
    }
    if (this.#isReady && this.#waiting.size === 0 && this.#peer.openSlots > 0) {
      this.#openNow(call);
      return;
    }
    if (this.#waiting === NONE_WAITS) this.#waiting = new Set();
    this.#waiting.add(call);
  }

  withdraw(call: OutgoingCall): void {
    this.#waiting.delete(call);
  }

  failed(): void {
    this.#failed += 1;
  }

  /** Both sides' settings hold: calls flow. */
  ready(): void {
    this.#isReady = true;
    this.openWaiting();
  }

  /** Opens as many of the calls that wait as the client takes, in the order they were made. */
  openWaiting(): void {
    for (const call of this.#waiting) {
      if (!this.#isReady || this.#peer.openSlots === 0) return;
      this.#waiting.delete(call);
      this.#openNow(call);
    }
  }

  #openNow(call: OutgoingCall): void {
    const id = call.open(this.#peer);
    if (id === undefined) return;
    this.#open.set(id, call);
    call.upload();
  }

  receive(event: RequesterEvent): void {
    const call = isEnd(event) ? this.#open.delete(event.id) : this.#open.get(event.id);
    call?.receive(event);
  }

  /** The connection is dead: all calls fail, those to come too. */
  close(error: WiremuxError): void {
    this.#refusal ??= error;
    const calls = [...this.#open, ...this.#waiting];
    this.#open.clear();
    this.#waiting.clear();
    for (const call of calls) call.fail(error);
  }

  get #overflow(): WiremuxError | undefined {
    if (this.#waiting.size < this.#maxQueued) return undefined;
    const message = `${this.#maxQueued} calls of this client wait already. Wait for some to end, or raise \`maxQueuedCalls\`.`;
    return new WiremuxError('too-many-requests', message);
  }
}

function isEnd({ kind }: RequesterEvent): boolean {
  return kind === 'ended' || kind === 'failed' || kind === 'stopped' || kind === 'redirected';
}
