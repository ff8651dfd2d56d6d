import { WiremuxError } from '../errors.js';
import { type FrameHeader, HEADER_SIZE } from './frame.js';
import { writeHeader } from './header.js';

/** Payload parts from this size on are kept by reference: copying them costs more than one more chunk. */
const KEEP_FROM = 4_096;
/** Parts up to this size are copied byte by byte, which is cheaper than making a view for `set`. */
const LOOP_UP_TO = 48;
/** Bounds of the memory first taken for a message; between them the size of the last message decides. */
const FIRST_MIN = 64;
const FIRST_MAX = 16_384;

/**
 * Collects the whole frames of one outgoing message as a list of chunks. Small payloads are copied behind their header;
 * parts of 4 KiB and more stay where they are and must not be changed until the message is sent. Between messages it
 * holds no memory.
 */
export class FrameBatch {
  readonly #chunks: Uint8Array[] = [];
  /** Bytes in `#chunks`. */
  #chunkBytes = 0;
  /** Where copies go. `[#from, #to)` of it is not yet in `#chunks`; all before is, and stays untouched. */
  #buffer: Uint8Array | undefined;
  #from = 0;
  #to = 0;
  /** Payload bytes that the frame begun last still lacks. */
  #missing = 0;
  /** Bytes that the last message copied. */
  #copied = 0;
  #lastCopied = 0;

  /** Bytes collected so far. */
  get size(): number {
    return this.#chunkBytes + this.#to - this.#from;
  }

  /** Adds one frame. `payload` must be as long as its receiver allows, 2^24 - 1 bytes at most. */
  append({ requestId, streamId, streamFlags, type, flags }: FrameHeader, payload: Uint8Array): void {
    this.begin(payload.length, requestId, streamId, streamFlags, type, flags);
    this.write(payload, 0, payload.length);
  }

  /**
   * Begins a frame with this header, its fields in their order. The payload of `length` bytes must follow, with as many
   * calls of `write` as needed.
   */
  begin(length: number, requestId: number, streamId: number, streamFlags: number, type: number, flags: number): void {
    this.#assertWhole();
    const buffer = this.#room(HEADER_SIZE + (length < KEEP_FROM ? length : 0));
    writeHeader(buffer, this.#to, length, requestId, streamId, streamFlags, type, flags);
    this.#to += HEADER_SIZE;
    this.#copied += HEADER_SIZE;
    this.#missing = length;
  }

  /** Adds `bytes[start, end)` to the payload of the frame begun. */
  write(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > this.#missing) {
      throw new WiremuxError(
        'internal',
        'More payload was written than its frame began with; write the rest elsewhere.',
      );
    }
    this.#missing -= length;
    if (length >= KEEP_FROM) {
      this.#closeChunk();
      this.#chunks.push(new Uint8Array(bytes.buffer, bytes.byteOffset + start, length));
      this.#chunkBytes += length;
      return;
    }
    const buffer = this.#room(length);
    if (length <= LOOP_UP_TO) {
      for (let from = start, to = this.#to; from < end; from++, to++) buffer[to] = bytes[from] as number;
    } else {
      buffer.set(bytes.subarray(start, end), this.#to);
    }
    this.#to += length;
    this.#copied += length;
  }

  /** Hands over the message; the chunks are the caller's, and the batch begins a new one. */
  take(): Uint8Array[] {
    this.#assertWhole();
    this.#closeChunk();
    const chunks = this.#chunks.splice(0);
    this.#chunkBytes = 0;
    this.#buffer = undefined;
    this.#from = 0;
    this.#to = 0;
    this.#lastCopied = this.#copied;
    this.#copied = 0;
    return chunks;
  }

  #assertWhole(): void {
    if (this.#missing === 0) return;
    throw new WiremuxError('internal', `A frame still lacks ${this.#missing} bytes of its payload; write them first.`);
  }

  /** The buffer, with room for `length` bytes at `#to`. */
  #room(length: number): Uint8Array {
    const buffer = this.#buffer;
    if (buffer !== undefined && buffer.length - this.#to >= length) return buffer;
    const open = this.#to - this.#from;
    // A quarter more than the last time: messages of one kind differ by a few bytes.
    const wish = buffer === undefined ? this.#lastCopied + (this.#lastCopied >> 2) : 2 * buffer.length;
    const size = Math.max(Math.min(wish, FIRST_MAX), buffer === undefined ? length : 2 * (open + length), FIRST_MIN);
    const grown = new Uint8Array(size);
    if (buffer !== undefined) grown.set(buffer.subarray(this.#from, this.#to));
    this.#buffer = grown;
    this.#from = 0;
    this.#to = open;
    return grown;
  }

  /** Ends the chunk of copies, so that another may follow it. */
  #closeChunk(): void {
    if (this.#buffer === undefined || this.#from === this.#to) return;
    this.#chunks.push(this.#buffer.subarray(this.#from, this.#to));
    this.#chunkBytes += this.#to - this.#from;
    this.#from = this.#to;
  }
}
