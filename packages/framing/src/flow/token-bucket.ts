/** A budget that refills with time (SPEC 9.1.14). Time is the caller's, in ms. */
export class TokenBucket {
  readonly #most: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  constructor(most: number, perSecond: number, now: number) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#tokens = most;
    this.#filledAt = now;
  }

  /** Takes one token; false if there is none. */
  take(now: number): boolean {
    if (this.#tokens < 1) {
      const refilled = this.#tokens + ((now - this.#filledAt) / 1_000) * this.#perSecond;
      this.#tokens = Math.min(this.#most, refilled);
      this.#filledAt = now;
      if (this.#tokens < 1) return false;
    }
    this.#tokens--;
    return true;
  }
}
