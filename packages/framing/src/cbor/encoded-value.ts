import { WiremuxError } from '../errors.js';
import { DEFAULT_LIMITS } from '../limits.js';
import type { CborLimits } from './bounds.js';
import { decodeOne } from './decode.js';

const LIMITS: CborLimits = {
  depth: DEFAULT_LIMITS.cborDepth,
  items: DEFAULT_LIMITS.cborItems,
  bytes: DEFAULT_LIMITS.valueBytes,
};

/**
 * A value that is CBOR already: sent as it is and uncopied, any number of times. Stands for its value wherever a value is
 * encoded, nested in others too. Made with {@link preEncoded}, which checks it, and of values that are passed on unread.
 */
export class EncodedValue {
  /** One item. Nobody may change it. */
  readonly bytes: Uint8Array;

  /** `bytes` were checked, or are to be by whoever they are passed on to. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/**
 * A value that is CBOR already, as from a cache or a file, to be sent in place of the value, as often as wanted. It is
 * checked here, once. `bytes` must not be changed any more.
 * @throws {WiremuxError} `bad-encoding` if they are not exactly one item that receivers with default limits take
 */
export function preEncoded(bytes: Uint8Array): EncodedValue {
  const decoded = decodeOne(bytes, LIMITS);
  if (!decoded.ok) {
    const { code, message, offset } = decoded.error;
    throw new WiremuxError(
      'bad-encoding',
      `These bytes are not one CBOR value that can be sent: byte ${offset}: ${message} Encode the value anew.`,
      { data: { code, offset } },
    );
  }
  return new EncodedValue(bytes);
}
