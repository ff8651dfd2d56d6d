import { type ByteRange, encodeRange, rangeOf, utf8Encode } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import type { AnswerFormat } from './answer-format.js';
import { BytesAnswerReader, CBOR_FLAG } from './bytes-answer-reader.js';

const NO_BYTES: ByteRange = rangeOf(new Uint8Array(0));

/** `exp-framing-0002`: bytes, and nothing else (SPEC 3.4.12). */
export const BYTES_ANSWERS: AnswerFormat = {
  status: undefined,
  selfDelimiting: false,
  encode: (value) => {
    const bytes = plainBytes(value);
    if (bytes !== undefined) return bytes;
    throw new WiremuxError(
      'unsupported',
      `In exp-framing-0002 an answer is strings and bytes, and this is ${kindOf(value)}; ask in a newer dialect.`,
    );
  },
  flags: () => 0,
  bytesHead: () => NO_BYTES,
  bytesEnd: NO_BYTES,
  reader: (id, emit, pool, options) => new BytesAnswerReader(id, emit, pool, options),
};

/** `exp-framing-0003`: bytes, and CBOR in frames that say so (SPEC 3.4.13). */
export const FLAGGED_ANSWERS: AnswerFormat = {
  ...BYTES_ANSWERS,
  encode: (value) => plainBytes(value) ?? encodeRange(value),
  flags: (value) => (isPlain(value) ? 0 : CBOR_FLAG),
};

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array;
}

/** Strings as UTF-8, byte strings in memory of their own: their owner may go on using them. */
function plainBytes(value: unknown): ByteRange | undefined {
  if (typeof value === 'string') return rangeOf(utf8Encode(value));
  return value instanceof Uint8Array ? rangeOf(value.slice()) : undefined;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? (Array.isArray(value) ? 'an array' : 'an object') : `a ${typeof value}`;
}
