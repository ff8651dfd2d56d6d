import { type CborError, type CborLimits, decodeOne, EncodedValue, ValueReader } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { parseStatus, STATUS_OK } from './failure.js';
import type { RedirectLocation } from './redirect.js';

/** Values of an answer, or a piece of a byte string that is taken in pieces. */
export type AnswerPart =
  /** `sizes` are the plain bytes of each value. */
  | { readonly kind: 'values'; readonly values: unknown[]; readonly sizes: number[] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly size: number; readonly last: boolean };

/** What one frame of an answer brought. */
export interface AnswerPiece {
  /** The status map came with it, and said ok. */
  readonly begins: boolean;
  /** In order. */
  readonly parts: readonly AnswerPart[];
  /** The sum of their sizes. */
  readonly delivered: number;
  /** Bytes of a value that is still incomplete. */
  readonly pending: number;
  /** The answer is an error, or cannot be read; nothing after it counts. */
  readonly failure: WiremuxError | undefined;
  /** The answer has ended, and is to be had there (SPEC 3.4.10). */
  readonly redirect: RedirectLocation | undefined;
}

/** Reads the answer of one request, frame by frame. */
export interface ReadsAnswer {
  /** The error that the answer began with; it still has to end (SPEC 3.4.3). */
  readonly refusal: WiremuxError | undefined;
  /** Takes the payload of the next frame, with its flags; `eos`: it is the last. */
  read(payload: Uint8Array, eos: boolean, flags: number): AnswerPiece;
  /** Nothing more is read, and nothing held. */
  close(): void;
}

/** What the reader of one answer is told of its request. */
export interface AnswerReaderOptions {
  /** Errors have codes, as in wiremux.1. */
  readonly codes: boolean;
  /** Byte strings among the values are given as they come (SPEC 3.4.8). */
  readonly bytePieces: boolean;
  /** Values are given as they are encoded. */
  readonly encodedValues: boolean;
  /** The request said where it could be sent instead. */
  readonly redirects: boolean;
}

/** Value readers that are between two values, to be used again: most answers need one only for a moment. */
export class ValueReaderPool {
  readonly #limits: CborLimits;
  readonly #idle: ValueReader[] = [];

  constructor(limits: CborLimits) {
    this.#limits = limits;
  }

  /** @param encoded it is to give values as they are encoded */
  take(encoded: boolean): ValueReader {
    const reader = this.#idle.pop() ?? new ValueReader(this.#limits);
    reader.encoded = encoded;
    return reader;
  }

  /** The value that a reader gave as it is encoded; undefined if it is none. */
  decode({ bytes }: EncodedValue): unknown {
    const decoded = decodeOne(bytes, this.#limits);
    return decoded.ok ? decoded.value : undefined;
  }

  /** Readers that died or hold bytes are not kept. */
  give(reader: ValueReader): void {
    if (reader.end() === undefined && this.#idle.length < MOST_IDLE) this.#idle.push(reader);
  }
}

const MOST_IDLE = 64;

/** Reads the answer of one request: the status map, then its values (SPEC 3.4). */
export class AnswerReader implements ReadsAnswer {
  readonly #pool: ValueReaderPool;
  readonly #options: AnswerReaderOptions;
  #values: ValueReader | undefined;
  #begun = false;
  #refusal: WiremuxError | undefined;
  #redirect: RedirectLocation | undefined;

  constructor(pool: ValueReaderPool, options: AnswerReaderOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  get refusal(): WiremuxError | undefined {
    return this.#refusal;
  }

  read(payload: Uint8Array, eos: boolean): AnswerPiece {
    const parts: AnswerPart[] = [];
    let run: Extract<AnswerPart, { kind: 'values' }> | undefined;
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
      this.#values ??= this.#pool.take(this.#options.encodedValues);
      const onValue = (value: unknown, size: number): void => {
        if (failure !== undefined) return;
        if (!this.#begun) {
          failure = this.#readStatus(value instanceof EncodedValue ? this.#pool.decode(value) : value);
          return;
        }
        failure = this.#misplaced();
        if (failure !== undefined) return;
        if (run === undefined) {
          run = { kind: 'values', values: [], sizes: [] };
          parts.push(run);
        }
        run.values.push(value);
        run.sizes.push(size);
        delivered += size;
      };
      const onPiece = (bytes: Uint8Array, size: number, last: boolean): void => {
        failure ??= this.#begun ? this.#misplaced() : noStatus();
        if (failure !== undefined) return;
        run = undefined;
        parts.push({ kind: 'bytes', bytes, size, last });
        delivered += size;
      };
      const error = this.#values.push(rest, onValue, this.#options.bytePieces ? onPiece : undefined);
      pending = this.#values.pending;
      failure ??= unreadable(error ?? (eos ? this.#values.end() : undefined));
    }
    if (eos && !this.#begun) {
      failure ??= new WiremuxError('protocol', 'The answer ended without a status (SPEC 3.4.2).');
    }
    if (eos) failure ??= this.#refusal;
    const begins = this.#begun && !begunBefore && this.#refusal === undefined && this.#redirect === undefined;
    const redirect = eos && failure === undefined ? this.#redirect : undefined;
    return { begins, parts, delivered, pending, failure, redirect };
  }

  close(): void {
    if (this.#values !== undefined) this.#pool.give(this.#values);
    this.#values = undefined;
  }

  /** What is wrong with a value that comes now. */
  #misplaced(): WiremuxError | undefined {
    if (this.#refusal === undefined && this.#redirect === undefined) return undefined;
    const what = this.#refusal === undefined ? 'a redirect' : 'an error status';
    return new WiremuxError('protocol', `The answer goes on after ${what} (SPEC 3.4.4).`);
  }

  #readStatus(value: unknown): WiremuxError | undefined {
    const status = parseStatus(value, this.#options.codes);
    if (status === undefined) return noStatus();
    if (status.kind === 'redirect' && !this.#options.redirects) return unaskedRedirect();
    this.#begun = true;
    if (status.kind === 'error') this.#refusal = status.error;
    if (status.kind === 'redirect') this.#redirect = status.location;
    return undefined;
  }
}

function noStatus(): WiremuxError {
  return new WiremuxError('protocol', 'The answer began with no status (SPEC 3.4.4).');
}

function unaskedRedirect(): WiremuxError {
  return new WiremuxError('protocol', 'The answer is a redirect, which this request did not ask for (SPEC 3.4.4).');
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
export function unreadable(error: CborError | undefined): WiremuxError | undefined {
  if (error === undefined) return undefined;
  const limit = error.code === 'too-deep' || error.code === 'too-many-items' || error.code === 'too-big';
  return new WiremuxError(limit ? 'too-big' : 'protocol', `The answer cannot be read: ${error.message}`);
}
