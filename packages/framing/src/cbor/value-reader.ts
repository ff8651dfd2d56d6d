import type { CborLimits } from './bounds.js';
import { ByteStringReader, type PieceSink } from './byte-string-reader.js';
import { EncodedValue } from './encoded-value.js';
import { type CborError, unfinished } from './error.js';
import { Materializer } from './materialize.js';
import { decodePlain } from './plain.js';
import { CUT, REFUSED, Scanner } from './scan.js';

/** Takes a value as soon as it is complete, with its encoded size in bytes. */
export type ValueSink = (value: unknown, size: number) => void;

const NOTHING = new Uint8Array(0);
const FIRST_HOLD = 256;
/** A larger buffer is not kept for the next value. */
const KEEP_HOLD = 4 * 1024;

/**
 * Reads a CBOR sequence whose values may be cut anywhere (SPEC 3.1). Every byte is scanned once and moved a bounded
 * number of times, however it arrives. Byte strings handed out are views: of the bytes pushed where a value came whole.
 */
export class ValueReader {
  /**
   * Values are given as {@link EncodedValue}s, to be passed on unread: within the bounds and well-formed, but not checked
   * for duplicate keys and the like. Set between two values.
   */
  encoded = false;
  readonly #scanner: Scanner;
  /** Made for the first byte string that is taken in pieces. */
  #byteStrings: ByteStringReader | undefined;
  /** Bytes of the incomplete value. */
  #held: Uint8Array = NOTHING;
  #heldSize = 0;
  /** Bytes before the value being read, since the first push. */
  #offset = 0;
  #error: CborError | undefined;

  constructor(limits: CborLimits) {
    this.#scanner = new Scanner(limits);
  }

  /** Bytes of the incomplete value that were given to no sink. */
  get pending(): number {
    return this.#heldSize + (this.#byteStrings?.pending ?? 0);
  }

  /**
   * Takes the next bytes and gives `sink` each value they complete, in order. Values before an error are delivered.
   * After an error the reader is dead and returns the same error again. The sinks must not throw, nor push.
   *
   * With `pieces`, byte strings that are not inside another value go there instead, as they come and however long they
   * are; it must then be given with every push.
   */
  push(bytes: Uint8Array, sink: ValueSink, pieces?: PieceSink): CborError | undefined {
    if (this.#error !== undefined) return this.#error;
    let at = 0;
    if (this.#heldSize > 0) at = this.#complete(bytes, sink);
    else if (this.#byteStrings?.active === true && pieces !== undefined) at = this.#pass(bytes, 0, pieces);
    return at < 0 ? this.#error : this.#read(bytes, at, sink, pieces);
  }

  /** No more bytes come: the reader's error, `unfinished` if a value is cut. */
  end(): CborError | undefined {
    if (this.#error !== undefined) return this.#error;
    const bytes = this.#byteStrings?.active === true ? this.#byteStrings.size : this.#heldSize;
    return bytes === 0 ? undefined : this.#die(unfinished(bytes));
  }

  /** Goes on with the incomplete value: the offset after it, or {@link CUT} or {@link REFUSED}. */
  #complete(bytes: Uint8Array, sink: ValueSink): number {
    const scanner = this.#scanner;
    const after = scanner.scan(bytes, 0, bytes.length);
    if (after === REFUSED) {
      this.#die(scanner.error as CborError);
      return REFUSED;
    }
    this.#hold(bytes, 0, after === CUT ? bytes.length : after);
    if (after === CUT) return CUT;
    const held = this.#held;
    const size = this.#heldSize;
    this.#heldSize = 0;
    // Views of the buffer may be in the value.
    if (this.encoded || scanner.hasBytes || held.length > KEEP_HOLD) this.#held = NOTHING;
    const error =
      scanner.plain && !this.encoded ? this.#deliverPlain(held, 0, [size], sink) : this.#deliver(held, 0, size, sink);
    return error === undefined ? after : REFUSED;
  }

  /** Reads values from `bytes[from, …)`, runs of plain ones at once. */
  #read(bytes: Uint8Array, from: number, sink: ValueSink, pieces?: PieceSink): CborError | undefined {
    const scanner = this.#scanner;
    let at = from;
    let runAt = from;
    let sizes: number[] = [];
    while (at < bytes.length) {
      if (pieces !== undefined && ByteStringReader.begins(bytes[at] as number)) {
        if (sizes.length > 0) this.#deliverPlain(bytes, runAt, sizes, sink);
        at = this.#pass(bytes, at, pieces);
        if (at < 0) return this.#error;
        sizes = [];
        runAt = at;
        continue;
      }
      const after = scanner.scan(bytes, at, bytes.length);
      if (after >= 0 && scanner.plain && !this.encoded) {
        sizes.push(after - at);
        at = after;
        continue;
      }
      if (sizes.length > 0) this.#deliverPlain(bytes, runAt, sizes, sink);
      if (after === REFUSED) return this.#die(scanner.error as CborError);
      if (after === CUT) {
        this.#hold(bytes, at, bytes.length);
        return undefined;
      }
      const error = this.#deliver(bytes, at, after - at, sink);
      if (error !== undefined) return error;
      sizes = [];
      at = after;
      runAt = after;
    }
    if (sizes.length > 0) this.#deliverPlain(bytes, runAt, sizes, sink);
    return undefined;
  }

  /** Hands on what comes of a byte string: the offset after it, or {@link CUT} or {@link REFUSED}. */
  #pass(bytes: Uint8Array, from: number, pieces: PieceSink): number {
    this.#byteStrings ??= new ByteStringReader();
    const after = this.#byteStrings.read(bytes, from, bytes.length, pieces);
    if (after === REFUSED) this.#die(this.#byteStrings.error as CborError);
    else if (after !== CUT) this.#offset += this.#byteStrings.size;
    return after;
  }

  #deliverPlain(bytes: Uint8Array, from: number, sizes: readonly number[], sink: ValueSink): undefined {
    let to = from;
    for (const size of sizes) to += size;
    const values = decodePlain(bytes, from, to, sizes.length);
    this.#offset += to - from;
    for (let index = 0; index < sizes.length; index++) sink(values[index], sizes[index] as number);
  }

  #deliver(bytes: Uint8Array, from: number, size: number, sink: ValueSink): CborError | undefined {
    if (this.encoded) {
      this.#offset += size;
      sink(new EncodedValue(bytes.subarray(from, from + size)), size);
      return undefined;
    }
    const materializer = new Materializer(bytes, from);
    const value = materializer.read();
    if (materializer.error !== undefined) return this.#die(materializer.error);
    this.#offset += size;
    sink(value, size);
    return undefined;
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    const size = this.#heldSize + to - from;
    if (size > this.#held.length) {
      const grown = new Uint8Array(Math.max(FIRST_HOLD, size, this.#held.length * 2));
      grown.set(this.#held.subarray(0, this.#heldSize));
      this.#held = grown;
    }
    this.#held.set(bytes.subarray(from, to), this.#heldSize);
    this.#heldSize = size;
  }

  #die(error: CborError): CborError {
    this.#error = { ...error, offset: this.#offset + error.offset };
    this.#held = NOTHING;
    this.#heldSize = 0;
    this.#byteStrings = undefined;
    return this.#error;
  }
}
