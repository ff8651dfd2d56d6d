import type { ReceiveHalf } from './receive-half.js';

/**
 * Halves whose grant did not fit, in the order they began to wait. A list through the halves themselves: whatever their
 * number, joining, leaving and finding the first cost the same, which neither an array nor a `Set` gives.
 */
export class StarvedHalves {
  #first: ReceiveHalf | undefined;
  #last: ReceiveHalf | undefined;

  /** The one that has waited longest. */
  get first(): ReceiveHalf | undefined {
    return this.#first;
  }

  /** At the end; of one that does not wait yet. */
  add(half: ReceiveHalf): void {
    half.starved = true;
    half.starvedBefore = this.#last;
    if (this.#last === undefined) this.#first = half;
    else this.#last.starvedAfter = half;
    this.#last = half;
  }

  /** Does nothing for one that does not wait. */
  delete(half: ReceiveHalf): void {
    if (!half.starved) return;
    const { starvedBefore: before, starvedAfter: after } = half;
    if (before === undefined) this.#first = after;
    else before.starvedAfter = after;
    if (after === undefined) this.#last = before;
    else after.starvedBefore = before;
    half.starved = false;
    half.starvedBefore = undefined;
    half.starvedAfter = undefined;
  }
}
