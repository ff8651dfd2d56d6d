/** Memory for reads while little comes. */
const SMALL_BYTES = 8 * 1024;
/** And while much comes, so that what reads cut is in one piece there. */
const LARGE_BYTES = 256 * 1024;
/** With less room than this it is given up, small or large. */
const SMALL_ROOM = 4 * 1024;
const LARGE_ROOM = 16 * 1024;

/** The memory that a socket reads into: reads go one behind the other, and none is copied. */
export class ReadBuffer {
  /** Memory of which `#filled` bytes are read, and belong to who took them. */
  #memory: Uint8Array<ArrayBuffer> = unset(SMALL_BYTES);
  #filled = 0;

  /** Where the next read goes. */
  get next(): Uint8Array<ArrayBuffer> {
    return this.#memory.subarray(this.#filled);
  }

  /** The first `count` bytes of {@link next} were read: they are the caller's from now on. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const { length } = this.#memory;
    const taken = this.#memory.subarray(this.#filled, this.#filled + count);
    this.#filled += count;
    if (length - this.#filled < (length === SMALL_BYTES ? SMALL_ROOM : LARGE_ROOM)) {
      this.#memory = unset(count < SMALL_BYTES ? SMALL_BYTES : LARGE_BYTES);
      this.#filled = 0;
    }
    return taken;
  }
}

/** Memory that is not filled with zeros, as what is handed out of it is read into it first. Its buffer is its own. */
function unset(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}
