/**
 * The receiver's side of credit for one half (SPEC 8.5): what was granted, what arrived, what its consumer took, and
 * when to grant again.
 */
export class ReceiveWindow {
  /** Bytes it wants granted and not taken: what it began with, from `#target` to `#most` once its consumer keeps up. */
  #size: number;
  readonly #target: number;
  readonly #most: number;
  /** Bytes that had come when {@link raise} last looked back, and the most that were untaken since. */
  #lookedAt = 0;
  #mostUntaken = 0;
  #granted: number;
  #received = 0;
  /** Bytes delivered to the consumer and not taken. */
  #untaken = 0;
  /** Bytes of a value that is still incomplete. */
  #incomplete = 0;

  /** @param initial what the sender may send unasked, bytes  @param most what {@link raise} makes of it at most */
  constructor(initial: number, target: number, most: number = target) {
    this.#granted = initial;
    this.#size = initial;
    this.#target = target;
    this.#most = most;
  }

  /** Bytes it makes the receiver hold, or may yet: granted and not taken, those of incomplete values included. */
  get claim(): number {
    return this.#granted - this.#received + this.#untaken + this.#incomplete;
  }

  get untaken(): number {
    return this.#untaken;
  }

  get incomplete(): number {
    return this.#incomplete;
  }

  /** Takes note of payload bytes; false if they are more than was granted (SPEC 8.5.5). */
  receive(bytes: number): boolean {
    this.#received += bytes;
    return this.#received <= this.#granted;
  }

  /** `delivered` bytes were handed to the consumer, and `incomplete` bytes now wait for the rest of their value. */
  deliver(delivered: number, incomplete: number): void {
    this.#untaken += delivered;
    this.#incomplete = incomplete;
    this.#mostUntaken = Math.max(this.#mostUntaken, this.#untaken);
  }

  /** The consumer took values of that many bytes. What is no positive number counts for nothing, and too many as all. */
  take(bytes: number): void {
    if (bytes > 0) this.#untaken = Math.max(0, this.#untaken - Math.floor(bytes));
  }

  /** Doubles the window, if a whole one has come since the last time and was taken as it came (SPEC 8.5.7). */
  raise(): void {
    if (this.#untaken > 0 || this.#received - this.#lookedAt < this.#size) return;
    const keptUp = this.#mostUntaken + this.#incomplete <= this.#size / 4;
    this.#lookedAt = this.#received;
    this.#mostUntaken = 0;
    if (keptUp) this.#size = Math.max(this.#size, Math.min(2 * this.#size, this.#most));
  }

  /** Bytes to grant again, 0 below a quarter of the window (SPEC 8.5.7): no more than was taken, unless it grows. */
  get due(): number {
    const taken = this.#taken;
    if (taken === 0) return 0;
    if (this.#untaken === 0) this.#size = Math.max(this.#size, this.#target);
    const due = this.#size - (this.#granted - taken);
    return due < this.#size / 4 ? 0 : due;
  }

  grant(bytes: number): void {
    this.#granted += bytes;
  }

  /** Those of an incomplete value count as taken once every value before it is (SPEC 8.5.6). */
  get #taken(): number {
    return this.#untaken === 0 ? this.#received : this.#received - this.#untaken - this.#incomplete;
  }
}
