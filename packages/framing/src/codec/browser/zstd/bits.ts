import { MalformedBlock } from './malformed-block.js';

/**
 * Reads a bitstream from its end to its beginning, as entropy coders leave it (RFC 8878, section 4.1): the highest bit
 * set in the last byte only marks where it starts. Past the beginning it reads zeros, and `left` is negative.
 */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  readonly #from: number;
  #left: number;

  /** The bitstream in `bytes[from, to)`. */
  constructor(bytes: Uint8Array, from: number, to: number) {
    const last = to > from ? (bytes[to - 1] ?? 0) : 0;
    if (last === 0) throw new MalformedBlock('a bitstream has no end mark');
    this.#bytes = bytes;
    this.#from = from;
    this.#left = (to - from) * 8 - 8 + (31 - Math.clz32(last));
  }

  /** Bits not yet read; negative where more were read than there are. */
  get left(): number {
    return this.#left;
  }

  /** The next `count` bits, 24 at most, as a number; they stay unread. */
  peek(count: number): number {
    const at = this.#left - count;
    const mask = (1 << count) - 1;
    if (at < 0) return at < -24 ? 0 : (this.#word(0) << -at) & mask;
    return (this.#word(at >> 3) >>> (at & 7)) & mask;
  }

  skip(count: number): void {
    this.#left -= count;
  }

  /** The next `count` bits, 24 at most, as a number. */
  read(count: number): number {
    const value = this.peek(count);
    this.#left -= count;
    return value;
  }

  /** Four bytes from a byte of the stream on; those behind its end are never looked at. */
  #word(offset: number): number {
    const bytes = this.#bytes;
    const at = this.#from + offset;
    return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  }
}

/** Reads bits from the beginning, the low ones of each byte first. */
export class ForwardBits {
  readonly #bytes: Uint8Array;
  readonly #to: number;
  #bit: number;

  /** The bits of `bytes[from, to)`. */
  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#to = to;
    this.#bit = from * 8;
  }

  /** The first byte of which nothing was read. */
  get nextByte(): number {
    return Math.ceil(this.#bit / 8);
  }

  /** The next `count` bits, 16 at most, as a number. */
  read(count: number): number {
    const at = this.#bit >> 3;
    const shift = this.#bit & 7;
    this.#bit += count;
    if (this.nextByte > this.#to) throw new MalformedBlock('a table is cut short');
    const word = (this.#bytes[at] ?? 0) | ((this.#bytes[at + 1] ?? 0) << 8) | ((this.#bytes[at + 2] ?? 0) << 16);
    return (word >> shift) & ((1 << count) - 1);
  }

  /** Takes the last `count` bits back. */
  unread(count: number): void {
    this.#bit -= count;
  }
}
