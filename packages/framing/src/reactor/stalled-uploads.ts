import type { Answering } from './answering.js';
import type { PeerContext } from './context.js';
import type { ReceiveBudget } from './receive-half.js';
import type { TimedPart } from './transport-watch.js';

/** Where there is no credit: uploads that pause the transport, are not read, and keep it from other requests (SPEC 5.8). */
export class StalledUploads implements TimedPart {
  readonly #context: PeerContext;
  readonly #budget: ReceiveBudget;
  readonly #answering: Answering;

  constructor(context: PeerContext, budget: ReceiveBudget, answering: Answering) {
    this.#context = context;
    this.#budget = budget;
    this.#answering = answering;
  }

  /** When the first of them has stalled for too long, monotonic ms; Infinity if none is about to. */
  get nextTimeout(): number {
    if (!this.#budget.paused || !this.#servesOthers) return Number.POSITIVE_INFINITY;
    return this.#budget.pausedSince + this.#context.limits.pausedTimeout;
  }

  /** Fails those that have, not the connection. */
  handleTimeout(): undefined {
    const before = this.#context.now - this.#context.limits.pausedTimeout;
    for (const half of this.#budget.overfull) {
      if (this.#servesOthers && half.stalledSince <= before) this.#answering.responder?.failStalled(half);
    }
  }

  get #servesOthers(): boolean {
    return this.#context.role === 'server' && this.#answering.size > 1;
  }
}
