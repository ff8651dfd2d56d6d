/** Takes bytes in order; what is kept of them must not be changed. */
export interface ByteSink {
  /** Takes `bytes[start, end)`. */
  write(bytes: Uint8Array, start: number, end: number): void;
}

interface Chunk {
  readonly bytes: Uint8Array;
  /** The next chunk belongs to the same value: no frame should end between them. */
  readonly joined: boolean;
  /** It is compressed already: it goes into frames of its own. */
  readonly compressed: boolean;
}

const NO_CHUNK: Chunk = { bytes: new Uint8Array(0), joined: false, compressed: false };
/** Merged chunks stay smaller than a frame, so that `nextCut` finds an edge. */
const MERGED_BYTES = 16_384;
/** Written chunks are cleared away once there are this many. */
const COMPACT_FROM = 1_024;

/**
 * Bytes waiting to be cut into frames, kept as the chunks they came in: nothing is copied until a frame is written.
 * Chunks that continue each other in memory become one.
 */
export class ByteQueue {
  #chunks: (Chunk | undefined)[] = [];
  /** Chunks before this one are written. */
  #first = 0;
  /** Bytes written of the first chunk. */
  #offset = 0;
  #size = 0;
  /** Chunks that are compressed. */
  #compressed = 0;

  /** Bytes waiting. */
  get size(): number {
    return this.#size;
  }

  /** The next frame is made of bytes that are compressed already. */
  get compressed(): boolean {
    return this.#compressed > 0 && this.#chunks[this.#first]?.compressed === true;
  }

  /**
   * Adds bytes that must not be changed until they are sent. `joined`: the next chunk belongs to the same value.
   * `compressed`: they are, and share no frame with others.
   */
  push(bytes: Uint8Array, joined = false, compressed = false): void {
    if (bytes.length === 0) return;
    this.#size += bytes.length;
    if (compressed) {
      this.#compressed++;
      this.#chunks.push({ bytes, joined, compressed });
      return;
    }
    const lastAt = this.#chunks.length - 1;
    const { bytes: last, compressed: apart } = this.#chunks[lastAt] ?? NO_CHUNK;
    if (
      !apart &&
      last.buffer === bytes.buffer &&
      last.byteOffset + last.length === bytes.byteOffset &&
      last.length + bytes.length <= MERGED_BYTES
    ) {
      const merged = new Uint8Array(last.buffer, last.byteOffset, last.length + bytes.length);
      this.#chunks[lastAt] = { bytes: merged, joined, compressed };
      return;
    }
    this.#chunks.push({ bytes, joined, compressed });
  }

  /** Bytes of the next value if it fits `most` and nothing of it is written: no message should cut it. Else 0. */
  nextWhole(most: number): number {
    if (this.#offset > 0) return 0;
    let bytes = 0;
    for (let index = this.#first; index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index] as Chunk;
      bytes += chunk.bytes.length;
      if (bytes > most) return 0;
      if (!chunk.joined) return bytes;
    }
    return 0;
  }

  /**
   * How many bytes the next frame should take: all of the values that fit into `most` whole, so that large ones are not
   * cut where they need not be; of one that cannot fit, as much as fits.
   */
  nextCut(most: number): number {
    if (this.#compressed > 0) return this.#nextOfAKind(most);
    if (this.#size <= most) return this.#size;
    let fits = 0;
    let cut = 0;
    for (let index = this.#first; index < this.#chunks.length; index++) {
      const { bytes, joined } = this.#chunks[index] as Chunk;
      fits += bytes.length - (index === this.#first ? this.#offset : 0);
      if (fits > most) break;
      if (!joined) cut = fits;
    }
    return cut === 0 ? most : cut;
  }

  /** As {@link nextCut} where some are compressed: bytes that are, or bytes that are not, as many as fit. */
  #nextOfAKind(most: number): number {
    const { compressed } = this;
    let fits = -this.#offset;
    for (let index = this.#first; this.#chunks[index]?.compressed === compressed; index++) {
      fits += (this.#chunks[index] as Chunk).bytes.length;
      if (fits >= most) return most;
    }
    return fits;
  }

  /** Writes the first `count` bytes, and forgets them. */
  writeTo(sink: ByteSink, count: number): void {
    let missing = count;
    this.#size -= count;
    while (missing > 0) {
      const { bytes, compressed } = this.#chunks[this.#first] as Chunk;
      const end = Math.min(bytes.length, this.#offset + missing);
      sink.write(bytes, this.#offset, end);
      missing -= end - this.#offset;
      if (end === bytes.length) {
        if (compressed) this.#compressed--;
        this.#chunks[this.#first++] = undefined;
        this.#offset = 0;
      } else {
        this.#offset = end;
      }
    }
    if (this.#size === 0) this.clear();
    else if (this.#first >= COMPACT_FROM) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#offset = 0;
    this.#size = 0;
    this.#compressed = 0;
  }
}
