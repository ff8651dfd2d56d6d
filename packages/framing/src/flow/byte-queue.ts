import type { ByteRange } from '../cbor/index.js';
import type { BodyQueue, ByteSink } from './body-queue.js';

/** Bytes that lie side by side in memory: `bytes[from, to)`. */
interface Chunk {
  readonly bytes: Uint8Array;
  /** What is before it is written. */
  from: number;
  to: number;
  /** The next chunk belongs to the same value: no frame should end between them. */
  joined: boolean;
  /** It is compressed already: it goes into frames of its own. */
  readonly compressed: boolean;
  next: Chunk | undefined;
}

/** Merged chunks stay smaller than a frame, so that `nextCut` finds an edge. */
const MERGED_BYTES = 16_384;

/** A sequence of values, as the chunks they came in: those that continue each other in memory become one. */
export class ByteQueue implements BodyQueue {
  #first: Chunk | undefined;
  #last: Chunk | undefined;
  /** Of the first chunk some bytes are written. */
  #cut = false;
  #size = 0;
  /** Chunks that are compressed. */
  #compressed = 0;

  get size(): number {
    return this.#size;
  }

  get flags(): number {
    return 0;
  }

  get compressed(): boolean {
    return this.#first?.compressed === true;
  }

  push({ bytes, from, to }: ByteRange, joined = false, compressed = false): void {
    if (from === to) return;
    this.#size += to - from;
    const last = this.#last;
    if (last?.bytes === bytes && last.to === from && !last.compressed && !compressed) {
      if (to - last.from <= MERGED_BYTES) {
        last.to = to;
        last.joined = joined;
        return;
      }
    }
    if (compressed) this.#compressed++;
    const chunk: Chunk = { bytes, from, to, joined, compressed, next: undefined };
    if (last === undefined) this.#first = chunk;
    else last.next = chunk;
    this.#last = chunk;
  }

  /** Bytes of the next value if it fits `most` and nothing of it is written: no message should cut it. Else 0. */
  nextWhole(most: number): number {
    if (this.#cut) return 0;
    let bytes = 0;
    for (let chunk = this.#first; chunk !== undefined; chunk = chunk.next) {
      bytes += chunk.to - chunk.from;
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
    for (let chunk = this.#first; chunk !== undefined; chunk = chunk.next) {
      fits += chunk.to - chunk.from;
      if (fits > most) break;
      if (!chunk.joined) cut = fits;
    }
    return cut === 0 ? most : cut;
  }

  /** As {@link nextCut} where some are compressed: bytes that are, or bytes that are not, as many as fit. */
  #nextOfAKind(most: number): number {
    const { compressed } = this;
    let fits = 0;
    for (let chunk = this.#first; chunk?.compressed === compressed; chunk = chunk.next) {
      fits += chunk.to - chunk.from;
      if (fits >= most) return most;
    }
    return fits;
  }

  writeTo(sink: ByteSink, count: number): void {
    let missing = count;
    this.#size -= count;
    while (missing > 0) {
      const chunk = this.#first as Chunk;
      const { bytes, from, to } = chunk;
      const end = Math.min(to, from + missing);
      sink.write(bytes, from, end);
      missing -= end - from;
      if (end === to) this.#shift(chunk);
      else chunk.from = end;
      this.#cut = end < to;
    }
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
    this.#cut = false;
    this.#size = 0;
    this.#compressed = 0;
  }

  /** Forgets the first chunk, which must not go on to lead to the next: an old one that is garbage would keep it alive. */
  #shift(chunk: Chunk): void {
    const { compressed, next } = chunk;
    if (compressed) this.#compressed--;
    chunk.next = undefined;
    this.#first = next;
    if (next === undefined) this.#last = undefined;
  }
}
