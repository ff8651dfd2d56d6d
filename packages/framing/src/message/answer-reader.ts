import {
  type ByteStringReaderConstructor,
  type CborError,
  type CborLimits,
  decodeOne,
  EncodedValue,
  ValueReader,
} from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { AnswerEvents, type AnswerSink } from './answer-events.js';
import { parseStatus, STATUS_OK } from './failure.js';
import type { ReadsLocation, RedirectLocation } from './redirect.js';

/** Reads the answer of one request, frame by frame. */
export interface ReadsAnswer {
  /** The error that the answer began with; it still has to end (SPEC 3.4.3). */
  readonly refusal: WiremuxError | undefined;
  /** What the frame read last brought: see {@link AnswerEvents}. */
  readonly delivered: number;
  readonly pending: number;
  readonly failure: WiremuxError | undefined;
  /** The answer has ended, and is to be had there (SPEC 3.4.10). */
  readonly redirect: RedirectLocation | undefined;
  /** Takes the payload of the next frame, with its flags, and tells what it brings; `eos`: it is the last. */
  read(payload: Uint8Array, eos: boolean, flags: number): void;
  /** Nothing more is read, and nothing held. */
  close(): void;
}

/** What the reader of one answer is told of its request. */
export interface AnswerReaderOptions {
  /** Errors have codes, as in wiremux.1. */
  readonly codes: boolean;
  /** Byte strings among the values are given as they come (SPEC 3.4.8), with what reads them. */
  readonly bytePieces: ByteStringReaderConstructor | undefined;
  /** Values are given as they are encoded. */
  readonly encodedValues: boolean;
  /** Reads where the answer is to be had; absent where the request did not say that it could be had elsewhere. */
  readonly readLocation: ReadsLocation | undefined;
}

/** Value readers that are between two values, to be used again: most answers need one only for a moment. */
export class ValueReaderPool {
  readonly #limits: CborLimits;
  readonly #idle: ValueReader[] = [];

  constructor(limits: CborLimits) {
    this.#limits = limits;
  }

  take({ encodedValues, bytePieces }: AnswerReaderOptions): ValueReader {
    const reader = this.#idle.pop() ?? new ValueReader(this.#limits);
    reader.encoded = encodedValues;
    reader.bytePieces = bytePieces;
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
export class AnswerReader extends AnswerEvents implements ReadsAnswer {
  refusal: WiremuxError | undefined;
  redirect: RedirectLocation | undefined;
  readonly #pool: ValueReaderPool;
  readonly #options: AnswerReaderOptions;
  #values: ValueReader | undefined;
  #begun = false;
  /** The status map said where the answer is to be had. */
  #location: RedirectLocation | undefined;

  constructor(id: number, emit: AnswerSink, pool: ValueReaderPool, options: AnswerReaderOptions) {
    super(id, emit);
    this.#pool = pool;
    this.#options = options;
  }

  read(payload: Uint8Array, eos: boolean): void {
    this.delivered = 0;
    this.pending = 0;
    let from = 0;
    if (!this.#begun && this.#values === undefined && startsWithOk(payload)) {
      this.#begin();
      from = STATUS_OK.length;
    }
    if (from < payload.length || this.#values !== undefined) this.#readValues(payload, from, eos);
    if (eos) this.#end();
  }

  close(): void {
    if (this.#values !== undefined) this.#pool.give(this.#values);
    this.#values = undefined;
  }

  #begin(): void {
    this.#begun = true;
    this.tellBegin();
  }

  #readValues(payload: Uint8Array, from: number, eos: boolean): void {
    this.#values ??= this.#pool.take(this.#options);
    const reader = this.#values;
    reader.feed(payload, from, payload.length);
    while (this.failure === undefined && reader.next()) {
      if (!this.#begun) this.failure = reader.isPiece ? noStatus() : this.#readStatus(reader.value);
      else if (this.refusal !== undefined || this.#location !== undefined) this.failure = this.#misplaced();
      else this.addFound(reader);
    }
    this.tellValues();
    this.pending = reader.pending;
    this.failure ??= unreadable(reader.error ?? (eos ? reader.end() : undefined));
  }

  #end(): void {
    if (!this.#begun) this.failure ??= new WiremuxError('protocol', 'The answer ended without a status (SPEC 3.4.2).');
    this.failure ??= this.refusal;
    if (this.failure === undefined) this.redirect = this.#location;
  }

  /** What is wrong with a value that comes now. */
  #misplaced(): WiremuxError {
    const what = this.refusal === undefined ? 'a redirect' : 'an error status';
    return new WiremuxError('protocol', `The answer goes on after ${what} (SPEC 3.4.4).`);
  }

  #readStatus(value: unknown): WiremuxError | undefined {
    const decoded = value instanceof EncodedValue ? this.#pool.decode(value) : value;
    const status = parseStatus(decoded, this.#options.codes);
    if (status === undefined) return noStatus();
    if (status.kind === 'redirect') return this.#readRedirect(status.location);
    if (status.kind === 'ok') this.#begin();
    else this.refusal = status.error;
    this.#begun = true;
    return undefined;
  }

  #readRedirect(value: unknown): WiremuxError | undefined {
    const { readLocation } = this.#options;
    if (readLocation === undefined) return unaskedRedirect();
    this.#location = readLocation(value);
    this.#begun = true;
    return this.#location === undefined ? noStatus() : undefined;
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
