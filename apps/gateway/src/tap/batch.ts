import type { Direction } from '@wiremux/framing';

/** What passed: a message, or a place where messages passed that were not kept. */
export type BatchEntry =
  | { readonly kind: 'bytes'; readonly direction: Direction; readonly bytes: Uint8Array; readonly time: number }
  | { readonly kind: 'gap'; readonly direction: Direction; readonly frames: number };

/** Bytes of a batch, but for one that a longer message has for itself: a few ms of describing the smallest frames. */
const BATCH_SIZE: number = 16 * 1024;

/** Before each entry: its kind, a length in bytes or a count of frames, and a time. */
const HEAD_SIZE = 13;
const KIND = { in: { bytes: 0, gap: 2 }, out: { bytes: 1, gap: 3 } } as const;

/** Gathers copies of messages into buffers that can be handed to another thread. */
export class BatchWriter {
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #size = 0;

  /** Bytes in the batch so far. */
  get size(): number {
    return this.#size;
  }

  /** Whether a message of so many bytes is to wait until the batch is taken. */
  isFullFor(size: number): boolean {
    return this.#bytes !== undefined && this.#size + HEAD_SIZE + size > this.#bytes.length;
  }

  /** A message of `size` bytes that passed at `time`, ms since 1970. */
  addBytes(direction: Direction, chunks: readonly Uint8Array[], size: number, time: number): void {
    const bytes = this.#addHead(KIND[direction].bytes, size, time, size);
    for (const chunk of chunks) {
      bytes.set(chunk, this.#size);
      this.#size += chunk.length;
    }
  }

  /** So many frames passed and were not kept. */
  addGap(direction: Direction, frames: number): void {
    this.#addHead(KIND[direction].gap, frames, 0, 0);
  }

  /** The batch, which is the caller's; the next one begins. */
  take(): Uint8Array<ArrayBuffer> {
    const batch = this.#bytes?.subarray(0, this.#size) ?? new Uint8Array(0);
    this.#bytes = undefined;
    this.#size = 0;
    return batch;
  }

  #addHead(kind: number, count: number, time: number, size: number): Uint8Array {
    if (this.#bytes === undefined) {
      this.#bytes = new Uint8Array(Math.max(BATCH_SIZE, HEAD_SIZE + size));
      this.#view = new DataView(this.#bytes.buffer);
    }
    this.#view.setUint8(this.#size, kind);
    this.#view.setUint32(this.#size + 1, count);
    this.#view.setFloat64(this.#size + 5, time);
    this.#size += HEAD_SIZE;
    return this.#bytes;
  }
}

/** The entries of a batch, in order. Their bytes are views of it. */
export function* readBatch(batch: Uint8Array): Generator<BatchEntry, void, undefined> {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  let at = 0;
  while (at < batch.length) {
    const kind = view.getUint8(at);
    const count = view.getUint32(at + 1);
    const time = view.getFloat64(at + 5);
    at += HEAD_SIZE;
    const direction = (kind & 1) === 0 ? 'in' : 'out';
    if (kind >= KIND.in.gap) {
      yield { kind: 'gap', direction, frames: count };
      continue;
    }
    yield { kind: 'bytes', direction, bytes: batch.subarray(at, at + count), time };
    at += count;
  }
}
