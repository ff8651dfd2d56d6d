import { BREAK, CborWriter, EncodedValue, encodeValue, INDEFINITE, Major, utf8Encode } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { STATUS_OK } from './failure.js';

/** Flag of `exp-framing-0003`'s answers: the payload is CBOR. */
export const CBOR_FLAG = 4;

/** How the values of an answer become the payloads of its frames. */
export interface AnswerFormat {
  /** What the answer begins with; undefined where nothing says that it does. */
  readonly status: Uint8Array | undefined;
  /** True where every value says where it ends; false where a frame ends it (SPEC 3.4.13). */
  readonly selfDelimiting: boolean;
  /**
   * The value's bytes, which nobody changes afterwards.
   * @throws {WiremuxError} `unsupported` for what the dialect cannot say
   */
  encode(value: unknown): Uint8Array;
  /** Flags that the frames of this value have beside those of their place. */
  flags(value: unknown): number;
  /** What goes before so many bytes of a byte string, or before as many as will come. */
  bytesHead(length: number | undefined): Uint8Array;
  /** What goes behind a byte string that did not say its length. */
  readonly bytesEnd: Uint8Array;
}

const NO_BYTES: Uint8Array = new Uint8Array(0);
const OPEN_BYTES: Uint8Array = Uint8Array.of((Major.Bytes << 5) | INDEFINITE);

/** A status map and a CBOR sequence (SPEC 3.4.1). */
export const SEQUENCE_ANSWERS: AnswerFormat = {
  status: STATUS_OK,
  selfDelimiting: true,
  encode: encodeItem,
  flags: () => 0,
  bytesHead: (length) => (length === undefined ? OPEN_BYTES : bytesHead(length)),
  bytesEnd: Uint8Array.of(BREAK),
};

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
};

/** `exp-framing-0003`: bytes, and CBOR in frames that say so (SPEC 3.4.13). */
export const FLAGGED_ANSWERS: AnswerFormat = {
  ...BYTES_ANSWERS,
  encode: (value) => plainBytes(value) ?? encodeItem(value),
  flags: (value) => (isPlain(value) ? 0 : CBOR_FLAG),
};

function encodeItem(value: unknown): Uint8Array {
  return value instanceof EncodedValue ? value.bytes : encodeValue(value);
}

function bytesHead(length: number): Uint8Array {
  const out = new CborWriter();
  out.head(Major.Bytes, length);
  return out.take();
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array;
}

/** Strings as UTF-8, byte strings in memory of their own: their owner may go on using them. */
function plainBytes(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return utf8Encode(value);
  return value instanceof Uint8Array ? value.slice() : undefined;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? (Array.isArray(value) ? 'an array' : 'an object') : `a ${typeof value}`;
}
