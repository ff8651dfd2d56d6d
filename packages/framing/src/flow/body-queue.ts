import type { ByteRange } from '../cbor/index.js';

/** Takes bytes in order; what is kept of them must not be changed. */
export interface ByteSink {
  /** Takes `bytes[start, end)`. */
  write(bytes: Uint8Array, start: number, end: number): void;
}

/** The body of a half of a request: bytes that wait to be cut into frames, uncopied until a frame is written. */
export interface BodyQueue {
  /** Bytes waiting. */
  readonly size: number;
  /** Flags of the next frame beside those of its place. */
  readonly flags: number;
  /** The next frame is made of bytes that are compressed already. */
  readonly compressed: boolean;
  /**
   * Adds bytes that must not be changed until they are sent.
   * @param joined the next ones belong to the same value  @param compressed they are, and share no frame with others
   * @param flags of the frames they go in
   */
  push(range: ByteRange, joined: boolean, compressed: boolean, flags: number): void;
  /** Payload bytes of the next frame if it should not be cut for want of room, and fits `most`; else 0. */
  nextWhole(most: number): number;
  /** How many bytes the next frame should take, at most `most`. */
  nextCut(most: number): number;
  /** Writes the first `count` bytes, and forgets them. */
  writeTo(sink: ByteSink, count: number): void;
  /** Forgets everything. */
  clear(): void;
}
