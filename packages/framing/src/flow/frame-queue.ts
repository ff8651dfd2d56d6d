import type { ByteSink } from './byte-queue.js';

interface Chunk {
  readonly bytes: Uint8Array;
  readonly flags: number;
}

/**
 * Bytes waiting to be cut into frames where a frame ends what is in it: what was pushed together stays in frames of its
 * own, but for chunks with flags, of which as many share a frame as fit.
 */
export class FrameQueue {
  #chunks: Chunk[] = [];
  /** Chunks before this one are written. */
  #first = 0;
  /** Bytes written of the first chunk. */
  #offset = 0;
  #size = 0;

  /** Bytes waiting. */
  get size(): number {
    return this.#size;
  }

  /** Flags of the next frame. */
  get flags(): number {
    return this.#chunks[this.#first]?.flags ?? 0;
  }

  /** Adds bytes that must not be changed until they are sent. */
  push(bytes: Uint8Array, _joined: boolean, flags: number): void {
    if (bytes.length === 0) return;
    this.#size += bytes.length;
    this.#chunks.push({ bytes, flags });
  }

  /** Payload bytes of the next frame if it should not be cut for want of room, else 0: those of a chunk that fits `most`. */
  nextWhole(most: number): number {
    if (this.flags !== 0) return 0;
    const left = this.#left;
    return left <= most ? left : 0;
  }

  /** How many bytes the next frame should take. */
  nextCut(most: number): number {
    if (this.flags === 0) return Math.min(this.#left, most);
    let fits = 0;
    for (let index = this.#first; this.#chunks[index]?.flags === this.flags; index++) {
      const { length } = (this.#chunks[index] as Chunk).bytes;
      const left = length - (index === this.#first ? this.#offset : 0);
      if (fits + left > most) break;
      fits += left;
    }
    return fits === 0 ? most : fits;
  }

  /** Writes the first `count` bytes, and forgets them. */
  writeTo(sink: ByteSink, count: number): void {
    let missing = count;
    this.#size -= count;
    while (missing > 0) {
      const { bytes } = this.#chunks[this.#first] as Chunk;
      const end = Math.min(bytes.length, this.#offset + missing);
      sink.write(bytes, this.#offset, end);
      missing -= end - this.#offset;
      this.#offset = end === bytes.length ? 0 : end;
      if (end === bytes.length) this.#first++;
    }
    if (this.#size === 0) this.clear();
    else this.#compact();
  }

  /** Forgets everything. */
  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#offset = 0;
    this.#size = 0;
  }

  /** Bytes left of the first chunk. */
  get #left(): number {
    return (this.#chunks[this.#first]?.bytes.length ?? 0) - this.#offset;
  }

  /** Clears written chunks away once they are half of all: each is moved a bounded number of times. */
  #compact(): void {
    if (this.#first * 2 < this.#chunks.length) return;
    this.#chunks = this.#chunks.slice(this.#first);
    this.#first = 0;
  }
}
