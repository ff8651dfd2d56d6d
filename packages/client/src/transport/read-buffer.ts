/** What one read may bring while little comes: it is copied out, so that what is kept of it holds no more than itself. */
const SMALL_BYTES = 8 * 1024;
/** While much comes, reads go one behind the other into memory of this size: what they cut is in one piece there. */
const LARGE_BYTES = 256 * 1024;
/** With less room than this it is given up. */
const LEAST_ROOM = 16 * 1024;

/** The memory that a socket reads into: little for one that is quiet, and no copies of what is large. */
export class ReadBuffer {
  readonly #small: Uint8Array<ArrayBuffer> = unset(SMALL_BYTES);
  /** Memory of which `#filled` bytes are read, and belong to who took them. */
  #large: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;

  /** Where the next read goes. */
  get next(): Uint8Array<ArrayBuffer> {
    return this.#large?.subarray(this.#filled) ?? this.#small;
  }

  /** The first `count` bytes of {@link next} were read: they are the caller's from now on. */
  take(count: number): Uint8Array<ArrayBuffer> {
    if (this.#large === undefined) {
      if (count === SMALL_BYTES) this.#large = unset(LARGE_BYTES);
      return this.#small.slice(0, count);
    }
    const taken = this.#large.subarray(this.#filled, this.#filled + count);
    this.#filled += count;
    if (this.#large.length - this.#filled < LEAST_ROOM) {
      this.#filled = 0;
      this.#large = count < SMALL_BYTES ? undefined : unset(LARGE_BYTES);
    }
    return taken;
  }
}

/** Memory that is not filled with zeros, as what is handed out of it is read into it first. Its buffer is its own. */
function unset(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}
