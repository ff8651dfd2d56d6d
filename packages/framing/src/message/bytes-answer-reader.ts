import type { ValueReader } from '../cbor/index.js';
import type { WiremuxError } from '../errors.js';
import {
  type AnswerPart,
  type AnswerPiece,
  type ReadsAnswer,
  unreadable,
  type ValueReaderPool,
} from './answer-reader.js';

/** Flag of `exp-framing-0003`'s answers: the payload is CBOR. */
export const CBOR_FLAG = 4;

/**
 * Reads an answer of bytes-response frames (SPEC 3.4.12, 3.4.13): every frame is a byte string of its own, but for those
 * flagged as CBOR, which form one sequence.
 */
export class BytesAnswerReader implements ReadsAnswer {
  readonly refusal = undefined;
  readonly #pool: ValueReaderPool;
  readonly #bytePieces: boolean;
  readonly #encodedValues: boolean;
  #values: ValueReader | undefined;
  #begun = false;

  /**
   * @param bytePieces byte strings are given as they come (SPEC 3.4.8)
   * @param encodedValues the values of the sequence are given as they are encoded
   */
  constructor(pool: ValueReaderPool, bytePieces = false, encodedValues = false) {
    this.#pool = pool;
    this.#bytePieces = bytePieces;
    this.#encodedValues = encodedValues;
  }

  read(payload: Uint8Array, eos: boolean, flags: number): AnswerPiece {
    const begins = !this.#begun;
    this.#begun = true;
    const piece = (flags & CBOR_FLAG) === 0 ? this.#readBytes(payload) : this.#readValues(payload);
    const failure = piece.failure ?? (eos ? this.#unfinished() : undefined);
    return { begins, redirect: undefined, ...piece, failure };
  }

  close(): void {
    if (this.#values !== undefined) this.#pool.give(this.#values);
    this.#values = undefined;
  }

  #readBytes(payload: Uint8Array): Omit<AnswerPiece, 'begins' | 'redirect'> {
    const nothing = { parts: [], delivered: 0, pending: 0, failure: undefined };
    if (payload.length === 0) return nothing;
    const failure = this.#unfinished();
    if (failure !== undefined) return { ...nothing, failure };
    const size = payload.length;
    const part: AnswerPart = this.#bytePieces
      ? { kind: 'bytes', bytes: payload, size, last: true }
      : { kind: 'values', values: [payload], sizes: [size] };
    return { ...nothing, parts: [part], delivered: size };
  }

  #readValues(payload: Uint8Array): Omit<AnswerPiece, 'begins' | 'redirect'> {
    this.#values ??= this.#pool.take(this.#encodedValues);
    const parts: AnswerPart[] = [];
    let run: Extract<AnswerPart, { kind: 'values' }> | undefined;
    let delivered = 0;
    const onValue = (value: unknown, size: number): void => {
      if (run === undefined) {
        run = { kind: 'values', values: [], sizes: [] };
        parts.push(run);
      }
      run.values.push(value);
      run.sizes.push(size);
      delivered += size;
    };
    const onPiece = (bytes: Uint8Array, size: number, last: boolean): void => {
      run = undefined;
      parts.push({ kind: 'bytes', bytes, size, last });
      delivered += size;
    };
    const error = this.#values.push(payload, onValue, this.#bytePieces ? onPiece : undefined);
    return { parts, delivered, pending: this.#values.pending, failure: unreadable(error) };
  }

  /** The error if a value is cut where none may be. */
  #unfinished(): WiremuxError | undefined {
    return unreadable(this.#values?.end());
  }
}
