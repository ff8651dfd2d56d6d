/**
 * The receiver's side of credit for one half (SPEC 8.5): what was granted, what arrived, what its consumer took, and
 * when to grant again.
 */
export class ReceiveWindow {
  /** Bytes the receiver wants outstanding once its consumer reads. */
  readonly #target: number;
  #granted: number;
  #received = 0;
  /** Bytes delivered to the consumer and not taken. */
  #untaken = 0;
  /** Bytes of a value that is still incomplete. */
  #incomplete = 0;

  /** @param initial what the sender may send unasked, bytes */
  constructor(initial: number, target: number) {
    this.#granted = initial;
    this.#target = target;
  }

  /** Bytes granted and not yet taken: what this half may still make the receiver hold. */
  get outstanding(): number {
    return this.#granted - this.#taken;
  }

  /** Bytes that arrived so far. */
  get received(): number {
    return this.#received;
  }

  get untaken(): number {
    return this.#untaken;
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
  }

  /** The consumer took values of that many bytes. */
  take(bytes: number): void {
    this.#untaken = Math.max(0, this.#untaken - bytes);
  }

  /**
   * The bytes to grant now, 0 for none; counts them as granted. `most` is what the connection has left. Nothing is
   * granted to a sender whose bytes nobody has taken yet.
   */
  grant(most: number): number {
    if (this.#taken === 0) return 0;
    const wanted = this.#target - this.outstanding;
    if (wanted < this.#target / 4) return 0;
    const amount = Math.min(wanted, most);
    if (amount <= 0) return 0;
    this.#granted += amount;
    return amount;
  }

  /** Those of an incomplete value count as taken once every value before it is (SPEC 8.5.6). */
  get #taken(): number {
    return this.#untaken === 0 ? this.#received : this.#received - this.#untaken - this.#incomplete;
  }
}
