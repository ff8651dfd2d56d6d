/** Of few costs, and none before the first, so that a connection at rest takes little: it doubles as often as needed. */
const FIRST_ROOM = 8;
const NO_COSTS = new Float64Array(0);

/** The costs of frames that were sent and not acknowledged, oldest first. */
export class FrameLedger {
  /** A ring: `#count` costs from `#first` on. */
  #costs: Float64Array = NO_COSTS;
  #first = 0;
  #count = 0;
  #total = 0;

  /** What they cost together, bytes. */
  get total(): number {
    return this.#total;
  }

  push(cost: number): void {
    if (this.#count === this.#costs.length) this.#grow();
    this.#costs[(this.#first + this.#count) & (this.#costs.length - 1)] = cost;
    this.#count++;
    this.#total += cost;
  }

  /** Removes the oldest `frames`, which must be there, and returns what they cost. */
  shift(frames: number): number {
    let cost = 0;
    for (let left = frames; left > 0; left--) {
      cost += this.#costs[this.#first] as number;
      this.#first = (this.#first + 1) & (this.#costs.length - 1);
    }
    this.#count -= frames;
    this.#total -= cost;
    return cost;
  }

  #grow(): void {
    const { length } = this.#costs;
    const grown = new Float64Array(Math.max(2 * length, FIRST_ROOM));
    grown.set(this.#costs.subarray(this.#first));
    grown.set(this.#costs.subarray(0, this.#first), length - this.#first);
    this.#costs = grown;
    this.#first = 0;
  }
}
