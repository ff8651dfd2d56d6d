import { type CborError, type CborLimits, ValueReader } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { parseStatus, STATUS_OK } from '../message/failure.js';

/** What one frame of an answer brought. */
export interface AnswerPiece {
  /** The status map came with it, and said ok. */
  readonly begins: boolean;
  readonly values: unknown[];
  /** Plain bytes of each value. */
  readonly sizes: number[];
  /** Their sum. */
  readonly delivered: number;
  /** Bytes of a value that is still incomplete. */
  readonly pending: number;
  /** The answer is an error, or cannot be read; nothing after it counts. */
  readonly failure: WiremuxError | undefined;
}

/** Value readers that are between two values, to be used again: most answers need one only for a moment. */
export class ValueReaderPool {
  readonly #limits: CborLimits;
  readonly #idle: ValueReader[] = [];

  constructor(limits: CborLimits) {
    this.#limits = limits;
  }

  take(): ValueReader {
    return this.#idle.pop() ?? new ValueReader(this.#limits);
  }

  /** Readers that died or hold bytes are not kept. */
  give(reader: ValueReader): void {
    if (reader.end() === undefined && this.#idle.length < MOST_IDLE) this.#idle.push(reader);
  }
}

const MOST_IDLE = 64;

/** Reads the answer of one request: the status map, then its values (SPEC 3.4). */
export class AnswerReader {
  readonly #pool: ValueReaderPool;
  readonly #codes: boolean;
  #values: ValueReader | undefined;
  #begun = false;
  #refusal: WiremuxError | undefined;

  /** @param codes errors have codes, as in wiremux.1 */
  constructor(pool: ValueReaderPool, codes: boolean) {
    this.#pool = pool;
    this.#codes = codes;
  }

  /** The error that the status map said; the answer still has to end (SPEC 3.4.3). */
  get refusal(): WiremuxError | undefined {
    return this.#refusal;
  }

  /** Takes the payload of the next frame; `eos`: it is the last. */
  read(payload: Uint8Array, eos: boolean): AnswerPiece {
    const values: unknown[] = [];
    const sizes: number[] = [];
    let delivered = 0;
    let pending = 0;
    let failure: WiremuxError | undefined;
    const begunBefore = this.#begun;
    let rest = payload;
    if (!this.#begun && this.#values === undefined && startsWithOk(payload)) {
      this.#begun = true;
      rest = payload.subarray(STATUS_OK.length);
    }
    if (rest.length > 0 || this.#values !== undefined) {
      this.#values ??= this.#pool.take();
      const error = this.#values.push(rest, (value, size) => {
        if (failure !== undefined) return;
        if (!this.#begun) {
          failure = this.#readStatus(value);
          return;
        }
        if (this.#refusal !== undefined) {
          failure = new WiremuxError('protocol', 'The answer goes on after an error status (SPEC 3.4.4).');
          return;
        }
        values.push(value);
        sizes.push(size);
        delivered += size;
      });
      pending = this.#values.pending;
      failure ??= unreadable(error ?? (eos ? this.#values.end() : undefined));
    }
    if (eos && !this.#begun) {
      failure ??= new WiremuxError('protocol', 'The answer ended without a status (SPEC 3.4.2).');
    }
    if (eos) failure ??= this.#refusal;
    const begins = this.#begun && !begunBefore && this.#refusal === undefined;
    return { begins, values, sizes, delivered, pending, failure };
  }

  /** Nothing more is read, and nothing held. */
  close(): void {
    if (this.#values !== undefined) this.#pool.give(this.#values);
    this.#values = undefined;
  }

  #readStatus(value: unknown): WiremuxError | undefined {
    const status = parseStatus(value, this.#codes);
    if (status === undefined) return new WiremuxError('protocol', 'The answer began with no status (SPEC 3.4.4).');
    this.#begun = true;
    if (status.kind === 'error') this.#refusal = status.error;
    return undefined;
  }
}

/** The usual case, without decoding. */
function startsWithOk(payload: Uint8Array): boolean {
  if (payload.length < STATUS_OK.length) return false;
  for (let index = 0; index < STATUS_OK.length; index++) {
    if (payload[index] !== STATUS_OK[index]) return false;
  }
  return true;
}

/** What the caller is told of an answer that cannot be read (SPEC 3.4.4, 8.12.9). */
function unreadable(error: CborError | undefined): WiremuxError | undefined {
  if (error === undefined) return undefined;
  const limit = error.code === 'too-deep' || error.code === 'too-many-items' || error.code === 'too-big';
  return new WiremuxError(limit ? 'too-big' : 'protocol', `The answer cannot be read: ${error.message}`);
}
