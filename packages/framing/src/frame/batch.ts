import { WiremuxError } from '../errors.js';
import { type FrameHeader, HEADER_SIZE } from './frame.js';
import { writeHeader } from './header.js';

/** Payload parts from this size on are kept by reference: copying them costs more than one more chunk. */
const KEEP_FROM = 4_096;
/** Parts up to this size are copied byte by byte, which is cheaper than making a view for `set`. */
const LOOP_UP_TO = 48;
/** Bounds of the memory taken at once, but for a payload part that is longer than the lower one. */
const LEAST_AT_ONCE = 64;
const MOST_AT_ONCE = 65_536;

/**
 * Collects the whole frames of one outgoing message as a list of chunks. Small payloads are copied behind their header;
 * parts of 4 KiB and more stay where they are and must not be changed until the message is sent. Messages lie one behind
 * the other in memory that no other batch writes to: those that somebody keeps hold about what they are long, whatever
 * other connections send meanwhile.
 */
export class FrameBatch {
  readonly #chunks: Uint8Array[] = [];
  /** Bytes in `#chunks`. */
  #chunkBytes = 0;
  /** Where copies go. `[#from, #to)` of it is not yet in `#chunks`; all before is handed over, and stays untouched. */
  #memory: Uint8Array | undefined;
  #from = 0;
  #to = 0;
  /** Bytes that the message has copied, and those that the last one had. */
  #copied = 0;
  #lastCopied = 0;
  /** Payload bytes that the frame begun last still lacks. */
  #missing = 0;

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
    const memory = this.#room(HEADER_SIZE + (length < KEEP_FROM ? length : 0));
    writeHeader(memory, this.#to, length, requestId, streamId, streamFlags, type, flags);
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
    const memory = this.#room(length);
    if (length <= LOOP_UP_TO) {
      for (let from = start, to = this.#to; from < end; from++, to++) memory[to] = bytes[from] as number;
    } else {
      memory.set(bytes.subarray(start, end), this.#to);
    }
    this.#to += length;
    this.#copied += length;
  }

  /** Hands over the message; the chunks are the caller's, and the batch begins a new one. */
  take(): Uint8Array[] {
    this.#assertWhole();
    this.#closeChunk();
    const [first] = this.#chunks;
    const chunks = first !== undefined && this.#chunks.length === 1 ? [first] : this.#chunks.slice();
    this.#chunks.length = 0;
    this.#chunkBytes = 0;
    this.#lastCopied = this.#copied;
    this.#copied = 0;
    return chunks;
  }

  /** Nobody keeps a message any more: between messages nothing is held from now on. */
  rest(): void {
    if (this.size > 0) return;
    this.#memory = undefined;
    this.#from = 0;
    this.#to = 0;
  }

  #assertWhole(): void {
    if (this.#missing === 0) return;
    throw new WiremuxError('internal', `A frame still lacks ${this.#missing} bytes of its payload; write them first.`);
  }

  /** The memory, with room for `length` bytes at `#to`. */
  #room(length: number): Uint8Array {
    const memory = this.#memory;
    if (memory !== undefined && memory.length - this.#to >= length) return memory;
    // What is copied once more is no chunk of its own.
    if (this.#to - this.#from >= KEEP_FROM) this.#closeChunk();
    return this.#takeMemory(length);
  }

  /** More than before, while messages that are kept fill it; after a rest what the last message would have needed. */
  #takeMemory(length: number): Uint8Array {
    const before = this.#memory?.length ?? 0;
    // A quarter more than the last time: messages of one kind differ by a few bytes.
    const wish = before === 0 ? this.#lastCopied + (this.#lastCopied >> 2) : 2 * before;
    const open = this.#to - this.#from;
    const memory = new Uint8Array(Math.max(open + length, LEAST_AT_ONCE, Math.min(wish, MOST_AT_ONCE)));
    if (this.#memory !== undefined && open > 0) memory.set(this.#memory.subarray(this.#from, this.#to));
    this.#memory = memory;
    this.#from = 0;
    this.#to = open;
    return memory;
  }

  /** Ends the chunk of copies, so that another may follow it. */
  #closeChunk(): void {
    if (this.#memory === undefined || this.#from === this.#to) return;
    this.#chunks.push(this.#memory.subarray(this.#from, this.#to));
    this.#chunkBytes += this.#to - this.#from;
    this.#from = this.#to;
  }
}
