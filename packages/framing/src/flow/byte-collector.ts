const NOTHING = new Uint8Array(0);
const FIRST = 256;

/**
 * Joins the pieces of one message in memory of its own. It grows by doubling: however small the pieces, each byte is
 * moved a bounded number of times, and no more than twice the bytes are held.
 */
export class ByteCollector {
  #buffer: Uint8Array = NOTHING;
  #size = 0;

  /** Bytes collected. */
  get size(): number {
    return this.#size;
  }

  /** Copies a piece behind those before it. */
  add(piece: Uint8Array): void {
    const size = this.#size + piece.length;
    if (size > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(FIRST, size, 2 * this.#buffer.length));
      grown.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = grown;
    }
    this.#buffer.set(piece, this.#size);
    this.#size = size;
  }

  /** Hands over all of it and begins anew. */
  take(): Uint8Array {
    const whole = this.#buffer.subarray(0, this.#size);
    this.#buffer = NOTHING;
    this.#size = 0;
    return whole;
  }
}
