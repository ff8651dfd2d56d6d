import type { ByteRange } from '../cbor/index.js';
import type { BodyQueue, ByteSink } from './body-queue.js';

interface Chunk {
  readonly range: ByteRange;
  readonly flags: number;
}

/**
 * Bytes waiting to be cut into frames where a frame ends what is in it: what was pushed together stays in frames of its
 * own, but for chunks with flags, of which as many share a frame as fit.
 */
export class FrameQueue implements BodyQueue {
  #chunks: Chunk[] = [];
  /** Chunks before this one are written. */
  #first = 0;
  /** Bytes written of the first chunk. */
  #offset = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get flags(): number {
    return this.#chunks[this.#first]?.flags ?? 0;
  }

  get compressed(): boolean {
    return false;
  }

  push(range: ByteRange, _joined: boolean, _compressed: boolean, flags: number): void {
    if (range.from === range.to) return;
    this.#size += range.to - range.from;
    this.#chunks.push({ range, flags });
  }

  /** Payload bytes of the next frame if it should not be cut for want of room, else 0: those of a chunk that fits `most`. */
  nextWhole(most: number): number {
    if (this.flags !== 0) return 0;
    const left = this.#left;
    return left <= most ? left : 0;
  }

  nextCut(most: number): number {
    if (this.flags === 0) return Math.min(this.#left, most);
    let fits = 0;
    for (let index = this.#first; this.#chunks[index]?.flags === this.flags; index++) {
      const left = lengthOf(this.#chunks[index]) - (index === this.#first ? this.#offset : 0);
      if (fits + left > most) break;
      fits += left;
    }
    return fits === 0 ? most : fits;
  }

  writeTo(sink: ByteSink, count: number): void {
    let missing = count;
    this.#size -= count;
    while (missing > 0) {
      const { bytes, from, to } = (this.#chunks[this.#first] as Chunk).range;
      const start = from + this.#offset;
      const end = Math.min(to, start + missing);
      sink.write(bytes, start, end);
      missing -= end - start;
      this.#offset = end === to ? 0 : end - from;
      if (end === to) this.#first++;
    }
    if (this.#size === 0) this.clear();
    else this.#compact();
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#offset = 0;
    this.#size = 0;
  }

  /** Bytes left of the first chunk. */
  get #left(): number {
    return lengthOf(this.#chunks[this.#first]) - this.#offset;
  }

  /** Clears written chunks away once they are half of all: each is moved a bounded number of times. */
  #compact(): void {
    if (this.#first * 2 < this.#chunks.length) return;
    this.#chunks = this.#chunks.slice(this.#first);
    this.#first = 0;
  }
}

function lengthOf(chunk: Chunk | undefined): number {
  return chunk === undefined ? 0 : chunk.range.to - chunk.range.from;
}
