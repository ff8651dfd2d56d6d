import type { ValueReader } from '../cbor/index.js';
import type { WiremuxError } from '../errors.js';
import { AnswerEvents, type AnswerSink } from './answer-events.js';
import { type AnswerReaderOptions, type ReadsAnswer, unreadable, type ValueReaderPool } from './answer-reader.js';

/** Flag of `exp-framing-0003`'s answers: the payload is CBOR. */
export const CBOR_FLAG = 4;

/**
 * Reads an answer of bytes-response frames (SPEC 3.4.12, 3.4.13): every frame is a byte string of its own, but for those
 * flagged as CBOR, which form one sequence.
 */
export class BytesAnswerReader extends AnswerEvents implements ReadsAnswer {
  readonly refusal = undefined;
  readonly redirect = undefined;
  readonly #pool: ValueReaderPool;
  readonly #options: AnswerReaderOptions;
  #values: ValueReader | undefined;
  #begun = false;

  constructor(id: number, emit: AnswerSink, pool: ValueReaderPool, options: AnswerReaderOptions) {
    super(id, emit);
    this.#pool = pool;
    this.#options = options;
  }

  read(payload: Uint8Array, eos: boolean, flags: number): void {
    this.delivered = 0;
    this.pending = 0;
    if (!this.#begun) this.tellBegin();
    this.#begun = true;
    if ((flags & CBOR_FLAG) !== 0) this.#readValues(payload);
    else if (payload.length > 0) this.#readBytes(payload);
    this.tellValues();
    if (eos) this.failure ??= this.#unfinished();
  }

  close(): void {
    if (this.#values !== undefined) this.#pool.give(this.#values);
    this.#values = undefined;
  }

  #readBytes(payload: Uint8Array): void {
    this.failure = this.#unfinished();
    if (this.failure !== undefined) return;
    if (this.#options.bytePieces !== undefined) this.tellPiece(payload, payload.length, true);
    else this.addValue(payload, payload.length);
  }

  #readValues(payload: Uint8Array): void {
    this.#values ??= this.#pool.take(this.#options);
    const reader = this.#values;
    reader.feed(payload, 0, payload.length);
    while (reader.next()) this.addFound(reader);
    this.pending = reader.pending;
    this.failure = unreadable(reader.error);
  }

  /** The error if a value is cut where none may be. */
  #unfinished(): WiremuxError | undefined {
    return unreadable(this.#values?.end());
  }
}
