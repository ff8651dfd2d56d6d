import { ReceiveWindow } from '../flow/receive-window.js';
import type { PeerContext } from './context.js';
import { SMALL_GRANT } from './grant.js';
import { StarvedHalves } from './starved-halves.js';

/** What one side receives on one request, and who still wants it. */
export class ReceiveHalf extends ReceiveWindow {
  readonly requestId: number;
  /** When it filled up, or its consumer was last seen to have taken something after that, ms. */
  stalledSince = 0;
  /** Its consumer took something since. */
  progressed = false;
  /** Nothing more of it counts: its sender has ended, or nobody reads it. */
  closed = false;
  /** What the budget has counted of its claim, and of its incomplete value. */
  counted = 0;
  countedIncomplete = 0;
  /** Of {@link StarvedHalves}: whether it waits there, and beside whom. */
  starved = false;
  starvedBefore: ReceiveHalf | undefined;
  starvedAfter: ReceiveHalf | undefined;

  constructor(requestId: number, initial: number, target: number, most: number) {
    super(initial, target, most);
    this.requestId = requestId;
  }
}

/** The half of every request without data: nothing comes, and it is closed. */
export const NO_DATA: ReceiveHalf = new ReceiveHalf(0, 0, 0, 0);
NO_DATA.closed = true;

/**
 * What all receiving halves of a connection hold together: grants credit within its bound (SPEC 8.5.8), and tells when a
 * dialect without credit must stop reading from its transport (SPEC 5.8, 5.9).
 */
export class ReceiveBudget {
  readonly #context: PeerContext;
  #claimed = 0;
  #incomplete = 0;
  /** Halves whose grant did not fit into the bound: they get it when others give back. */
  #starved: StarvedHalves | undefined;
  /** In a dialect without credit: halves that hold more unread bytes than they may. */
  readonly #overfull: Set<ReceiveHalf> | undefined;

  constructor(context: PeerContext) {
    this.#context = context;
    this.#overfull = context.dialect.duplex ? undefined : new Set();
  }

  /** Bytes that may still be granted on this connection. */
  get left(): number {
    return this.#context.limits.grantedBytes - this.#claimed;
  }

  /** Incomplete values alone leave no room for a grant: one of them must go (SPEC 9.1.10). */
  get crowded(): boolean {
    return this.#incomplete > this.#context.limits.grantedBytes - SMALL_GRANT;
  }

  /** The transport should not be read. */
  get paused(): boolean {
    return this.#overfull !== undefined && this.#overfull.size > 0;
  }

  /** The halves that hold the transport. */
  get overfull(): Iterable<ReceiveHalf> {
    return this.#overfull ?? [];
  }

  /** Since when the first of them has; Infinity if none does. */
  get pausedSince(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const { stalledSince } of this.overfull) since = Math.min(since, stalledSince);
    return since;
  }

  /**
   * @param initial bytes granted without a credit frame  @param target bytes to keep granted once they are read
   * @param most what that may grow to for a consumer that keeps up
   */
  open(requestId: number, initial: number, target: number, most: number = target): ReceiveHalf {
    const half = new ReceiveHalf(requestId, initial, target, most);
    this.#update(half);
    return half;
  }

  /** Bytes arrived; false if they were not granted (SPEC 8.5.5). */
  receive(half: ReceiveHalf, bytes: number): boolean {
    return half.receive(bytes) || !this.#context.dialect.duplex;
  }

  /** Values or data were handed on, and so many bytes wait for the rest of their value. */
  deliver(half: ReceiveHalf, delivered: number, incomplete: number): void {
    half.deliver(delivered, incomplete);
    this.#update(half);
  }

  /** The consumer took bytes. */
  take(half: ReceiveHalf, bytes: number): void {
    half.take(bytes);
    this.#update(half);
    if (this.#overfull?.has(half) !== true) return;
    half.progressed = true;
    this.#context.wake();
  }

  /** Consumers do not say when they took something: it counts as the next time that is known. */
  noteProgress(): void {
    if (!this.paused) return;
    for (const half of this.overfull) {
      if (half.progressed) half.stalledSince = this.#context.now;
      half.progressed = false;
    }
  }

  /** The sender has ended, or nobody reads it any more. */
  close(half: ReceiveHalf): void {
    if (half.closed) return;
    half.closed = true;
    this.#update(half);
  }

  #update(half: ReceiveHalf): void {
    const before = this.#claimed;
    this.#count(half);
    if (this.#overfull !== undefined) {
      this.#pauseOrResume(half, this.#overfull);
      return;
    }
    this.#grant(half);
    if (this.#claimed < before) this.#feedStarved();
  }

  #count(half: ReceiveHalf): void {
    const claim = half.closed || !this.#context.dialect.duplex ? 0 : half.claim;
    const incomplete = half.closed ? 0 : half.incomplete;
    this.#claimed += claim - half.counted;
    this.#incomplete += incomplete - half.countedIncomplete;
    half.counted = claim;
    half.countedIncomplete = incomplete;
  }

  /** Grants what is due, as far as it fits; but nothing so small that it costs the other side's patience (SPEC 9.1.16). */
  #grant(half: ReceiveHalf): void {
    this.#starved?.delete(half);
    if (half.closed) return;
    // What one answer may hold is not taken from others: half of it all is for windows as they begin (SPEC 8.5.7).
    if (this.left > this.#context.limits.grantedBytes / 2) half.raise();
    const { due } = half;
    if (due === 0) return;
    const amount = Math.min(due, this.left);
    if (amount < due) this.#starve(half);
    if (amount < Math.min(due, SMALL_GRANT)) return;
    half.grant(amount);
    this.#count(half);
    this.#context.output.credit(half.requestId, amount);
    this.#context.wake();
  }

  #feedStarved(): void {
    while (this.#starved?.first !== undefined && this.left >= SMALL_GRANT) this.#grant(this.#starved.first);
  }

  #starve(half: ReceiveHalf): void {
    this.#starved ??= new StarvedHalves();
    this.#starved.add(half);
  }

  #pauseOrResume(half: ReceiveHalf, overfull: Set<ReceiveHalf>): void {
    if (half.closed || half.untaken < this.#context.limits.pausedBytes) {
      if (overfull.delete(half) && !this.paused) this.#context.wake();
    } else if (!overfull.has(half)) {
      half.stalledSince = this.#context.now;
      overfull.add(half);
    }
  }
}
