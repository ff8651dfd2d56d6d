import type { CborLimits } from './bounds.js';
import type { ByteStringReader } from './byte-string-reader.js';
import { EncodedValue } from './encoded-value.js';
import { type CborError, unfinished } from './error.js';
import { Major } from './head.js';
import { materializer, NO_VALUE } from './materialize.js';
import { CUT, REFUSED, Scanner } from './scan.js';

/** Takes a value as soon as it is complete, with its encoded size in bytes. */
export type ValueSink = (value: unknown, size: number) => void;

/**
 * Takes a piece of a byte string: a view of the bytes pushed. `size` is what it took on the wire, heads and breaks
 * before it included; `last` ends the byte string. Only a last piece may be empty.
 */
export type PieceSink = (bytes: Uint8Array, size: number, last: boolean) => void;

/** {@link ByteStringReader}, as it is passed on: who takes no pieces is without it. */
export type ByteStringReaderConstructor = new () => ByteStringReader;

const NOTHING = new Uint8Array(0);
const FIRST_HOLD = 256;
/** A larger buffer is not kept for the next value. */
const KEEP_HOLD = 4 * 1024;

/**
 * Reads a CBOR sequence whose values may be cut anywhere (SPEC 3.1). A value that came whole is built where it is; the bytes
 * of one that is cut are scanned once and moved a bounded number of times, however they arrive. Byte strings handed out are
 * views: of the bytes read where a value came whole.
 *
 * ```
 * reader.feed(bytes, from, to);
 * while (reader.next()) take(reader.value, reader.size);
 * if (reader.error !== undefined) …
 * ```
 */
export class ValueReader {
  /**
   * Values are given as {@link EncodedValue}s, to be passed on unread: within the bounds and well-formed, but not checked
   * for duplicate keys and the like. Set between two values.
   */
  encoded = false;
  /**
   * Byte strings that are not inside another value are given in pieces, as they come and however long they are: `value` is
   * the piece, `isPiece` true. What reads them; set between two values.
   */
  bytePieces: ByteStringReaderConstructor | undefined = undefined;
  /** What {@link next} has found, and its encoded size in bytes. */
  value: unknown;
  size = 0;
  /** It is a piece of a byte string. */
  isPiece = false;
  /** Why the sequence cannot be read. The reader is dead then. */
  error: CborError | undefined;
  readonly #limits: CborLimits;
  /** Goes over values that do not come whole, or that are not built. */
  readonly #scanner: Scanner;
  /** Made for the first byte string that is taken in pieces. */
  #byteStrings: ByteStringReader | undefined;
  /** What is left to be read of the bytes given last. */
  #bytes: Uint8Array = NOTHING;
  #at = 0;
  #to = 0;
  /** Bytes of the incomplete value. */
  #held: Uint8Array = NOTHING;
  #heldSize = 0;
  /** Bytes before the value being read, since the first push. */
  #offset = 0;

  constructor(limits: CborLimits) {
    this.#limits = limits;
    this.#scanner = new Scanner(limits);
  }

  /** Bytes of the incomplete value that were given to nobody. */
  get pending(): number {
    return this.#heldSize + (this.#byteStrings?.pending ?? 0);
  }

  /** More of the byte string of which a piece was found is to come. */
  get goesOn(): boolean {
    return this.#byteStrings?.active === true;
  }

  /** Takes the next bytes, to be read with {@link next} to their end: what is left of those before is dropped. */
  feed(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#to = to;
  }

  /** Reads the next value, or piece of a byte string; false if there is none that is complete. */
  next(): boolean {
    if (this.#at < this.#to && this.error === undefined && this.#read()) return true;
    this.#bytes = NOTHING;
    this.#to = 0;
    this.value = undefined;
    return false;
  }

  /**
   * Takes the next bytes and gives `sink` each value they complete, in order. Values before an error are delivered.
   * After an error the reader is dead and returns the same error again. The sinks must not throw, nor push.
   *
   * With {@link bytePieces}, those go to `pieces`.
   */
  push(bytes: Uint8Array, sink: ValueSink, pieces?: PieceSink): CborError | undefined {
    this.feed(bytes, 0, bytes.length);
    while (this.next()) {
      if (this.isPiece) pieces?.(this.value as Uint8Array, this.size, !this.goesOn);
      else sink(this.value, this.size);
    }
    return this.error;
  }

  /** No more bytes come: the reader's error, `unfinished` if a value is cut. */
  end(): CborError | undefined {
    this.#bytes = NOTHING;
    if (this.error !== undefined) return this.error;
    const bytes = this.goesOn ? (this.#byteStrings as ByteStringReader).size : this.#heldSize;
    if (bytes > 0) this.#die(unfinished(bytes));
    return this.error;
  }

  #read(): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    if (this.#heldSize > 0) return this.#complete();
    if (this.bytePieces !== undefined && (this.goesOn || (bytes[at] as number) >> 5 === Major.Bytes)) {
      return this.#nextPiece(this.bytePieces);
    }
    if (this.encoded) return this.#nextEncoded();
    const value = materializer.read(bytes, at, this.#to, this.#limits);
    if (value === NO_VALUE) return this.#nextEncoded();
    this.#at = materializer.end;
    return this.#found(value, materializer.end - at, materializer.error);
  }

  /** Goes over the next value, and sets aside what there is of it if it is cut. */
  #nextEncoded(): boolean {
    const at = this.#at;
    const after = this.#scanner.scan(this.#bytes, at, this.#to);
    if (after === REFUSED) return this.#die(this.#scanner.error as CborError);
    if (after === CUT) {
      this.#hold(this.#bytes, at, this.#to);
      return false;
    }
    this.#at = after;
    return this.#found(new EncodedValue(this.#bytes.subarray(at, after)), after - at);
  }

  /** Goes on with the incomplete value. */
  #complete(): boolean {
    const scanner = this.#scanner;
    const after = scanner.scan(this.#bytes, this.#at, this.#to);
    if (after === REFUSED) return this.#die(scanner.error as CborError);
    this.#hold(this.#bytes, this.#at, after === CUT ? this.#to : after);
    if (after === CUT) return false;
    const held = this.#held;
    const size = this.#heldSize;
    this.#at = after;
    this.#heldSize = 0;
    // Views of the buffer may be in the value.
    if (this.encoded || scanner.hasBytes || held.length > KEEP_HOLD) this.#held = NOTHING;
    if (this.encoded) return this.#found(new EncodedValue(held.subarray(0, size)), size);
    const value = materializer.read(held, 0, size, this.#limits);
    return this.#found(value, size, materializer.error);
  }

  #nextPiece(reader: ByteStringReaderConstructor): boolean {
    this.#byteStrings ??= new reader();
    const strings = this.#byteStrings;
    const after = strings.read(this.#bytes, this.#at, this.#to);
    if (after === REFUSED) return this.#die(strings.error as CborError);
    if (after === CUT) return false;
    this.#at = after;
    this.isPiece = true;
    this.value = strings.piece;
    this.size = strings.pieceSize;
    if (!strings.active) this.#offset += strings.size;
    return true;
  }

  #found(value: unknown, size: number, error?: CborError): boolean {
    if (error !== undefined) return this.#die(error);
    this.#offset += size;
    this.isPiece = false;
    this.value = value;
    this.size = size;
    return true;
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

  #die(error: CborError): false {
    this.error = { ...error, offset: this.#offset + error.offset };
    this.#held = NOTHING;
    this.#heldSize = 0;
    this.#byteStrings = undefined;
    return false;
  }
}
