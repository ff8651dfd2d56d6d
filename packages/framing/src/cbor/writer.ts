import { type ArenaBlock, giveBlock, isShared, takeBlock } from './arena.js';
import type { ByteRange } from './byte-range.js';
import { Major, Simple } from './head.js';
import { utf8Write } from './utf8.js';

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);
/** The longest head. */
const HEAD = 9;
/** Text up to this many UTF-16 units is written here; the platform's encoder is slower to call and faster to run. */
const SHORT_TEXT = 40;

/** Writers that are kept for the next use. Uses nest: a getter of what is written may have something else written. */
const MOST_IDLE = 4;
const idle: CborWriter[] = [];

/** A writer that nobody else uses until it is given back: cheaper than a new one, since it keeps its memory. */
export function takeWriter(): CborWriter {
  return idle.pop() ?? new CborWriter();
}

/** Gives a writer back; what was written and not taken is forgotten. */
export function giveWriter(writer: CborWriter): void {
  writer.reset();
  if (idle.length < MOST_IDLE) idle.push(writer);
}

/**
 * Writes CBOR items one after another: definite lengths, shortest heads. What {@link take} hands out is the caller's
 * for good: later writing never touches it. Small results lie one behind the other in shared memory.
 */
export class CborWriter {
  #block: ArenaBlock | undefined;
  #bytes = NO_BYTES;
  #view: DataView = NO_VIEW;
  #start = 0;
  #at = 0;

  /** Bytes written since the last {@link take}. */
  get size(): number {
    return this.#at - this.#start;
  }

  /** A head alone: major type 0 to 7 and its argument, an integer from 0 to 2^64 - 1. */
  head(major: number, argument: number | bigint): void {
    this.#reserve(HEAD);
    const bytes = this.#bytes;
    const type = major << 5;
    if (argument < 24) {
      bytes[this.#at++] = type | Number(argument);
    } else if (argument < 0x100) {
      bytes[this.#at++] = type | 24;
      bytes[this.#at++] = Number(argument);
    } else if (argument < 0x1_0000) {
      bytes[this.#at++] = type | 25;
      this.#view.setUint16(this.#at, Number(argument));
      this.#at += 2;
    } else if (argument < 0x1_0000_0000) {
      bytes[this.#at++] = type | 26;
      this.#view.setUint32(this.#at, Number(argument));
      this.#at += 4;
    } else {
      bytes[this.#at++] = type | 27;
      this.#view.setBigUint64(this.#at, BigInt(argument));
      this.#at += 8;
    }
  }

  /** An integer from 0 to 2^64 - 1. */
  uint(value: number | bigint): void {
    this.head(Major.Unsigned, value);
  }

  /** An integer from -2^64 to 2^64 - 1; a number must be a safe integer. */
  int(value: number | bigint): void {
    if (value >= 0) this.head(Major.Unsigned, value);
    else this.head(Major.Negative, typeof value === 'bigint' ? -1n - value : -1 - value);
  }

  /** A float, in the shortest of four and eight bytes that keeps it; in two what has no digits. */
  float(value: number): void {
    this.#reserve(HEAD);
    if (!Number.isFinite(value)) {
      this.#bytes[this.#at++] = (Major.Simple << 5) | Simple.Float16;
      this.#view.setUint16(this.#at, Number.isNaN(value) ? 0x7e00 : value > 0 ? 0x7c00 : 0xfc00);
      this.#at += 2;
    } else if (Math.fround(value) === value) {
      this.#bytes[this.#at++] = (Major.Simple << 5) | Simple.Float32;
      this.#view.setFloat32(this.#at, value);
      this.#at += 4;
    } else {
      this.#bytes[this.#at++] = (Major.Simple << 5) | Simple.Float64;
      this.#view.setFloat64(this.#at, value);
      this.#at += 8;
    }
  }

  /** A byte string; text goes as its UTF-8. */
  bytes(value: Uint8Array | string): void {
    if (typeof value === 'string') {
      this.#string(Major.Bytes, value);
    } else {
      this.head(Major.Bytes, value.length);
      this.raw(value);
    }
  }

  /** A text string. A lone surrogate becomes U+FFFD. */
  text(value: string): void {
    this.#string(Major.Text, value);
  }

  /** Bytes that already are CBOR, as they are. */
  raw(encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#at);
    this.#at += encoded.length;
  }

  /** The head of an array of `length` items, which follow. */
  arrayHead(length: number): void {
    this.head(Major.Array, length);
  }

  /** The head of a map of `size` entries: keys and values follow by turns. */
  mapHead(size: number): void {
    this.head(Major.Map, size);
  }

  /** The head of a map whose size is told behind its entries, to {@link closeMap}, which is to be given the result. */
  openMap(): number {
    this.mapHead(0);
    return this.size - 1;
  }

  /** The map opened has `size` entries: all that was written since. */
  closeMap(opened: number, size: number): void {
    const headAt = this.#start + opened;
    if (size < 24) {
      this.#bytes[headAt] = (Major.Map << 5) | size;
      return;
    }
    this.#reserve(HEAD);
    const end = this.#at;
    const longer = headSize(size) - 1;
    this.#bytes.copyWithin(headAt + 1 + longer, headAt + 1, end);
    this.#at = headAt;
    this.mapHead(size);
    this.#at = end + longer;
  }

  bool(value: boolean): void {
    this.head(Major.Simple, value ? Simple.True : Simple.False);
  }

  null(): void {
    this.head(Major.Simple, Simple.Null);
  }

  undefined(): void {
    this.head(Major.Simple, Simple.Undefined);
  }

  /** As {@link take}, without a view of them; it keeps its memory for what is written next. */
  takeRange(): ByteRange {
    const taken = { bytes: this.#bytes, from: this.#start, to: this.#at };
    this.#keep(this.#at);
    return taken;
  }

  /** All bytes written since the last time. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + this.#start, this.size);
    this.#giveBack(this.#at);
    return taken;
  }

  /** Forgets the bytes written since the last {@link take}. */
  clear(): void {
    this.#giveBack(this.#start);
  }

  /** As {@link clear}, but it keeps its memory. */
  reset(): void {
    this.#keep(this.#start);
  }

  #string(major: number, text: string): void {
    const units = text.length;
    this.#reserve(HEAD + 3 * units);
    if (units <= SHORT_TEXT && this.#ascii(major, text)) return;
    // Written behind the head its length in UTF-16 units would have, and moved if it turns out to need a longer one.
    const guess = headSize(units);
    const size = utf8Write(text, this.#bytes, this.#at + guess);
    const actual = headSize(size);
    if (actual !== guess) this.#bytes.copyWithin(this.#at + actual, this.#at + guess, this.#at + guess + size);
    this.head(major, size);
    this.#at += size;
  }

  /** Writes short text if it is ASCII; false if it is not. */
  #ascii(major: number, text: string): boolean {
    const bytes = this.#bytes;
    const units = text.length;
    let at = this.#at + (units < 24 ? 1 : 2);
    for (let index = 0; index < units; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return false;
      bytes[at++] = unit;
    }
    if (units < 24) {
      bytes[this.#at] = (major << 5) | units;
    } else {
      bytes[this.#at] = (major << 5) | 24;
      bytes[this.#at + 1] = units;
    }
    this.#at = at;
    return true;
  }

  #reserve(room: number): void {
    if (this.#bytes.length - this.#at < room) this.#grow(room);
  }

  #grow(room: number): void {
    const old = this.#block;
    const size = this.#at - this.#start;
    const block = takeBlock(old === undefined ? room : size + room + (size >> 1));
    if (old !== undefined) {
      block.bytes.set(this.#bytes.subarray(this.#start, this.#at), block.used);
      old.used = this.#start;
      giveBlock(old);
    }
    this.#block = block;
    this.#bytes = block.bytes;
    this.#view = block.view;
    this.#start = block.used;
    this.#at = block.used + size;
  }

  #keep(used: number): void {
    if (this.#block === undefined) return;
    if (!isShared(this.#block)) {
      this.#giveBack(used);
      return;
    }
    this.#start = used;
    this.#at = used;
  }

  #giveBack(used: number): void {
    if (this.#block === undefined) return;
    this.#block.used = used;
    giveBlock(this.#block);
    this.#block = undefined;
    this.#bytes = NO_BYTES;
    this.#start = 0;
    this.#at = 0;
  }
}

function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  return argument < 0x1_0000 ? 3 : 5;
}
