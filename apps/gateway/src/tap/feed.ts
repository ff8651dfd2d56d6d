import { type Clock, type Direction, HEADER_SIZE } from '@wiremux/framing';
import { BatchWriter } from './batch.js';
import type { TransportWatcher } from './tapped-transport.js';

/** Copies that wait to be described, bytes: past it what passes is only counted, until half of them are done. */
export const MOST_WAITING: number = 2 * 1024 * 1024;
/** How long copies are gathered before they are handed on, ms. */
const GATHER_TIME = 10;

/** Where a {@link Feed} gets its facts from, and what it tells. */
export interface FeedOptions {
  readonly clock: Pick<Clock, 'timer'>;
  /** Frames of the client that the connection has taken so far. */
  framesIn(): number;
  /** Hands on what passed. Its bytes wait until {@link Feed.described} is told of them. */
  send(batch: Uint8Array<ArrayBuffer>): void;
  /** The connection is gone: nothing more is sent. */
  ended(): void;
}

/**
 * Copies what passes a connection, for another thread to look at. All it costs the connection are the copies: it never
 * waits, and where those who look fall behind, what passes is counted instead.
 */
export class Feed implements TransportWatcher {
  readonly #options: FeedOptions;
  readonly #writer = new BatchWriter();
  /** Bytes sent and not described yet. */
  #sent = 0;
  /** While messages of the client are not kept: the frames it had taken before. They may be cut anywhere. */
  #takenBefore: number | undefined;
  /** While messages to the client are not kept: the frames in them. */
  #missedOut: number | undefined;
  #isGathering = false;
  #isClosed = false;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  passed(direction: Direction, chunks: readonly Uint8Array[]): void {
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const isMissing = (direction === 'in' ? this.#takenBefore : this.#missedOut) !== undefined;
    if (isMissing || this.#sent + this.#writer.size + size > MOST_WAITING) {
      this.#miss(direction, chunks);
      return;
    }
    this.#makeRoom(size);
    this.#writer.addBytes(direction, chunks, size, Date.now());
    this.#gather();
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#endGaps();
    this.#flush();
    this.#isClosed = true;
    this.#options.ended();
  }

  /** So many bytes of what was sent are done with. */
  described(bytes: number): void {
    this.#sent -= bytes;
    if (this.#sent <= MOST_WAITING / 2) this.#endGaps();
  }

  /** Nobody looks any more: hands on nothing. */
  close(): void {
    this.#isClosed = true;
  }

  #miss(direction: Direction, chunks: readonly Uint8Array[]): void {
    if (direction === 'in') this.#takenBefore ??= this.#options.framesIn();
    else this.#missedOut = (this.#missedOut ?? 0) + countFrames(chunks);
  }

  /** From here on messages are kept again. */
  #endGaps(): void {
    if (this.#takenBefore !== undefined) this.#addGap('in', this.#options.framesIn() - this.#takenBefore);
    if (this.#missedOut !== undefined) this.#addGap('out', this.#missedOut);
    this.#takenBefore = undefined;
    this.#missedOut = undefined;
  }

  #addGap(direction: Direction, frames: number): void {
    this.#makeRoom(0);
    this.#writer.addGap(direction, frames);
    this.#gather();
  }

  #makeRoom(size: number): void {
    if (this.#writer.isFullFor(size)) this.#flush();
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#options.clock.timer(GATHER_TIME, () => {
      this.#isGathering = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isClosed || this.#writer.size === 0) return;
    this.#sent += this.#writer.size;
    this.#options.send(this.#writer.take());
  }
}

/** The frames of a message, which are whole (SPEC 7.2); each header lies in one chunk. */
function countFrames(chunks: readonly Uint8Array[]): number {
  let frames = 0;
  /** Where the next header is, from the beginning of the chunk. */
  let next = 0;
  for (const chunk of chunks) {
    while (next < chunk.length) {
      const length = (chunk[next] as number) | ((chunk[next + 1] as number) << 8) | ((chunk[next + 2] as number) << 16);
      next += HEADER_SIZE + length;
      frames++;
    }
    next -= chunk.length;
  }
  return frames;
}
