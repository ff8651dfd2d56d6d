import { type CborError, CborErrorCode, type CborLimits } from './error.js';
import { Materializer } from './materialize.js';
import { decodePlain } from './plain.js';
import { CUT, REFUSED, Scanner } from './scan.js';

const NOTHING = new Uint8Array(0);
const FIRST_HOLD = 256;
/** A larger buffer is not kept for the next value. */
const KEEP_HOLD = 16 * 1024;

/**
 * Reads a CBOR sequence whose values may be cut anywhere (SPEC 3.1). Every byte is scanned once and moved a bounded
 * number of times, however it arrives. Byte strings handed out are views: of the bytes pushed where a value came whole.
 */
export class ValueReader {
  readonly #scanner: Scanner;
  /** The incomplete value's bytes so far. */
  #held: Uint8Array = NOTHING;
  #heldSize = 0;
  /** Bytes pushed before the value being read. */
  #offset = 0;
  #error: CborError | undefined;

  constructor(limits: CborLimits) {
    this.#scanner = new Scanner(limits);
  }

  /** Bytes of the incomplete value held. */
  get pending(): number {
    return this.#heldSize;
  }

  /**
   * Takes the next bytes and calls `sink` with each value they complete, in order, and its encoded size. Values before
   * an error are delivered. After an error the reader is dead and gives the same error again.
   */
  push(bytes: Uint8Array, sink: (value: unknown, size: number) => void): CborError | undefined {
    if (this.#error !== undefined) return this.#error;
    const scanner = this.#scanner;
    const total = bytes.length;
    let at = 0;
    if (this.#heldSize > 0) {
      at = scanner.scan(bytes, 0, total);
      if (at === REFUSED) return this.#die(scanner.error as CborError);
      this.#hold(bytes, 0, at === CUT ? total : at);
      if (at === CUT) return undefined;
      const { size } = scanner;
      const held = this.#release(scanner.hasBytes);
      const error = this.#deliver(held, 0, size, sink);
      if (error) return error;
    }
    let sizes: number[] = [];
    let runAt = at;
    while (at < total) {
      const after = scanner.scan(bytes, at, total);
      if (after >= 0 && scanner.plain) {
        sizes.push(after - at);
        at = after;
        continue;
      }
      if (sizes.length > 0) {
        this.#deliverRun(bytes, runAt, at, sizes, sink);
        sizes = [];
      }
      if (after === REFUSED) return this.#die(scanner.error as CborError);
      if (after === CUT) {
        this.#hold(bytes, at, total);
        return undefined;
      }
      const error = this.#deliver(bytes, at, after - at, sink);
      if (error) return error;
      at = runAt = after;
    }
    if (sizes.length > 0) this.#deliverRun(bytes, runAt, at, sizes, sink);
    return undefined;
  }

  /** No more bytes come: an error if a value is cut. */
  end(): CborError | undefined {
    if (this.#error !== undefined || this.#heldSize === 0) return this.#error;
    return this.#die({ code: CborErrorCode.Unfinished, message: 'The bytes end inside a value.', offset: this.#heldSize });
  }

  #deliverRun(bytes: Uint8Array, from: number, to: number, sizes: readonly number[], sink: (value: unknown, size: number) => void): void {
    const values = decodePlain(bytes, from, to);
    this.#offset += to - from;
    for (let index = 0; index < sizes.length; index++) sink(values[index], sizes[index] as number);
  }

  #deliver(bytes: Uint8Array, from: number, size: number, sink: (value: unknown, size: number) => void): CborError | undefined {
    const materializer = new Materializer(bytes, from);
    const value = materializer.read();
    if (materializer.duplicate) {
      return this.#die({ code: CborErrorCode.DuplicateKey, message: 'A map has a key twice.', offset: materializer.duplicate.offset - from });
    }
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
    this.#held.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.#heldSize);
    this.#heldSize = size;
  }

  /** Gives up the held bytes; a buffer that values may look into is not used again. */
  #release(shared: boolean): Uint8Array {
    const held = this.#held;
    if (shared || held.length > KEEP_HOLD) this.#held = NOTHING;
    this.#heldSize = 0;
    return held;
  }

  #die(error: CborError): CborError {
    this.#error = { ...error, offset: this.#offset + error.offset };
    this.#release(true);
    return this.#error;
  }
}
