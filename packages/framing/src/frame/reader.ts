import { fault, type ProtocolFault } from '../errors.js';
import { type FrameHeader, HEADER_SIZE } from './frame.js';

/** The payload of every frame without one, so that none is made for each. */
export const EMPTY_PAYLOAD: Uint8Array = new Uint8Array(0);

/**
 * Takes one frame. `header` is the same object every time and holds only until the call returns: copy what is kept.
 * `payload` is a view of the bytes pushed, or memory of its own where the frame was cut.
 *
 * Returning `false` stops the reader after this frame. It must not call the reader's `push` or `resume`.
 */
export type FrameSink = (header: FrameHeader, payload: Uint8Array) => boolean | undefined;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Cuts a byte stream into frames, wherever its chunks are cut (SPEC 1.1, 1.6). The bytes pushed belong to the reader and
 * to the views it gives out. A frame inside one chunk is not copied, nor one that is cut between chunks that continue each
 * other in memory; any other is copied once, into memory of its size.
 */
export class FrameReader {
  #maxPayload: number;
  #fault: ProtocolFault | undefined;
  /** The frame being read or delivered; reused. */
  readonly #header: Writable<FrameHeader> = { requestId: 0, streamId: 0, streamFlags: 0, type: 0, flags: 0 };

  /** The first bytes of a header that is cut; made for the first. */
  #headerBytes: Uint8Array | undefined;
  #headerFill = 0;
  /** What is there of a payload that is cut, where it came, and the length of the whole. */
  #cut: Uint8Array | undefined;
  #cutLength = 0;
  /** The payload of a frame that is cut, copied, and how much of it is there. */
  #body: Uint8Array | undefined;
  #bodyFill = 0;

  /** Set from a sink's `false` until `resume`. Chunks that wait for it: those before `#nextHeld` are done. */
  #stopped = false;
  #held: Uint8Array[] = [];
  #nextHeld = 0;
  #heldBytes = 0;

  /** @param maxPayload Largest payload accepted, in bytes. */
  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload;
  }

  /** Sets the largest payload accepted, in bytes, for frames whose header is still to be read. */
  setMaxPayload(maxPayload: number): void {
    this.#maxPayload = maxPayload;
  }

  /**
   * Bytes pushed and not delivered: of a frame that is cut, and those held since a sink stopped the reader. The latter
   * have no bound of their own: pause the transport past one's own.
   */
  get pending(): number {
    const cut = this.#cut?.length ?? (this.#body === undefined ? -HEADER_SIZE : this.#bodyFill);
    return this.#headerFill + HEADER_SIZE + cut + this.#heldBytes;
  }

  /**
   * Reads on, giving each complete frame to `sink`. Returns how the peer broke a rule, and the same again ever after:
   * a payload over the limit is refused from its header alone (SPEC 1.5).
   */
  push(bytes: Uint8Array, sink: FrameSink): ProtocolFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    if (this.#stopped) {
      this.#hold(bytes);
      return undefined;
    }
    const used = this.#read(bytes, sink);
    if (this.#stopped) this.#hold(bytes.subarray(used));
    return this.#fault;
  }

  /** Goes on after a sink returned `false`, with the bytes held since. The sink may stop the reader again. */
  resume(sink: FrameSink): ProtocolFault | undefined {
    this.#stopped = false;
    while (this.#nextHeld < this.#held.length) {
      const chunk = this.#held[this.#nextHeld] as Uint8Array;
      const used = this.#read(chunk, sink);
      if (this.#fault !== undefined) break;
      this.#heldBytes -= used;
      if (this.#stopped) {
        this.#held[this.#nextHeld] = chunk.subarray(used);
        return undefined;
      }
      // The list may live on for long: it must not keep what is done.
      this.#held[this.#nextHeld++] = EMPTY_PAYLOAD;
    }
    this.#held = [];
    this.#nextHeld = 0;
    this.#heldBytes = 0;
    return this.#fault;
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  /** Returns how many bytes were used: all, unless the sink stopped the reader or a header was refused. */
  #read(bytes: Uint8Array, sink: FrameSink): number {
    const { buffer, byteOffset, length: end } = bytes;
    let at = 0;
    if (this.#cut !== undefined) at = this.#joinCut(this.#cut, bytes);
    if (this.#cut?.length === this.#cutLength) {
      const whole = this.#cut;
      this.#cut = undefined;
      if (this.#deliver(whole, sink)) return at;
    }
    if (this.#body !== undefined) {
      at = this.#fillBody(this.#body, bytes);
      if (this.#bodyFill < this.#body.length) return at;
      const body = this.#body;
      this.#body = undefined;
      if (this.#deliver(body, sink)) return at;
    }
    while (at < end) {
      let length: number;
      if (this.#headerFill === 0 && end - at >= HEADER_SIZE) {
        length = this.#readHeader(bytes, at);
        at += HEADER_SIZE;
      } else {
        this.#headerBytes ??= new Uint8Array(HEADER_SIZE);
        at = this.#fillHeader(this.#headerBytes, bytes, at);
        if (this.#headerFill < HEADER_SIZE) return at;
        this.#headerFill = 0;
        length = this.#readHeader(this.#headerBytes, 0);
      }
      if (length > this.#maxPayload) {
        const message = `A frame announces a payload of ${length} bytes; at most ${this.#maxPayload} are accepted.`;
        this.#fault = fault('1.5', message);
        return at;
      }
      if (length > end - at) {
        this.#cut = bytes.subarray(at);
        this.#cutLength = length;
        return end;
      }
      const payload = length === 0 ? EMPTY_PAYLOAD : new Uint8Array(buffer, byteOffset + at, length);
      at += length;
      if (this.#deliver(payload, sink)) return at;
    }
    return at;
  }

  /** True if the sink wants no more. */
  #deliver(payload: Uint8Array, sink: FrameSink): boolean {
    this.#stopped = sink(this.#header, payload) === false;
    return this.#stopped;
  }

  /** Returns the payload length. */
  #readHeader(bytes: Uint8Array, at: number): number {
    const header = this.#header;
    const typeAndFlags = bytes[at + 7] as number;
    header.requestId = (bytes[at + 3] as number) | ((bytes[at + 4] as number) << 8);
    header.streamId = bytes[at + 5] as number;
    header.streamFlags = bytes[at + 6] as number;
    header.type = typeAndFlags >> 4;
    header.flags = typeAndFlags & 0x0f;
    return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
  }

  /** Returns where the header's part of `bytes` ends. */
  #fillHeader(header: Uint8Array, bytes: Uint8Array, from: number): number {
    let at = from;
    while (this.#headerFill < HEADER_SIZE && at < bytes.length) {
      header[this.#headerFill++] = bytes[at++] as number;
    }
    return at;
  }

  /** Adds what continues the part in memory, or copies the part; returns where the payload's part of `bytes` ends. */
  #joinCut(cut: Uint8Array, bytes: Uint8Array): number {
    if (cut.buffer === bytes.buffer && cut.byteOffset + cut.length === bytes.byteOffset) {
      const count = Math.min(this.#cutLength - cut.length, bytes.length);
      this.#cut = new Uint8Array(cut.buffer, cut.byteOffset, cut.length + count);
      return count;
    }
    this.#cut = undefined;
    this.#body = new Uint8Array(this.#cutLength);
    this.#body.set(cut);
    this.#bodyFill = cut.length;
    return 0;
  }

  /** Returns where the payload's part of `bytes` ends. */
  #fillBody(body: Uint8Array, bytes: Uint8Array): number {
    const count = Math.min(body.length - this.#bodyFill, bytes.length);
    body.set(bytes.subarray(0, count), this.#bodyFill);
    this.#bodyFill += count;
    return count;
  }
}
