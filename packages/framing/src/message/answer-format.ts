import {
  BREAK,
  type ByteRange,
  encodeRange,
  giveWriter,
  INDEFINITE,
  Major,
  rangeOf,
  takeWriter,
} from '../cbor/index.js';
import type { AnswerSink } from './answer-events.js';
import { AnswerReader, type AnswerReaderOptions, type ReadsAnswer, type ValueReaderPool } from './answer-reader.js';
import { STATUS_OK } from './failure.js';

/** How the values of an answer become the payloads of its frames. */
export interface AnswerFormat {
  /** What the answer begins with; undefined where nothing says that it does. */
  readonly status: ByteRange | undefined;
  /** True where every value says where it ends; false where a frame ends it (SPEC 3.4.13). */
  readonly selfDelimiting: boolean;
  /**
   * The value's bytes, which nobody changes afterwards.
   * @throws {WiremuxError} `unsupported` for what the dialect cannot say
   */
  encode(value: unknown): ByteRange;
  /** Flags that the frames of this value have beside those of their place. */
  flags(value: unknown): number;
  /** What goes before so many bytes of a byte string, or before as many as will come. */
  bytesHead(length: number | undefined): ByteRange;
  /** What goes behind a byte string that did not say its length. */
  readonly bytesEnd: ByteRange;
  /** Reads the answer of the request with this id, and tells what comes. */
  reader(id: number, emit: AnswerSink, pool: ValueReaderPool, options: AnswerReaderOptions): ReadsAnswer;
}

const OPEN_BYTES: ByteRange = rangeOf(Uint8Array.of((Major.Bytes << 5) | INDEFINITE));

/** A status map and a CBOR sequence (SPEC 3.4.1). */
export const SEQUENCE_ANSWERS: AnswerFormat = {
  status: rangeOf(STATUS_OK),
  selfDelimiting: true,
  encode: encodeRange,
  flags: () => 0,
  bytesHead: (length) => (length === undefined ? OPEN_BYTES : bytesHead(length)),
  bytesEnd: rangeOf(Uint8Array.of(BREAK)),
  reader: (id, emit, pool, options) => new AnswerReader(id, emit, pool, options),
};

function bytesHead(length: number): ByteRange {
  const out = takeWriter();
  out.head(Major.Bytes, length);
  const head = out.takeRange();
  giveWriter(out);
  return head;
}
