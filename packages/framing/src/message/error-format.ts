import { type CborLimits, decodeOne, utf8Decode, utf8Encode } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { encodeErrorFrame, type FailureType, MESSAGE_BYTES, parseErrorFrame } from './failure.js';
import { cutText } from './fields.js';

/** An error frame but for its header. */
export interface ErrorFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** How errors become error frames. */
export interface ErrorFormat {
  encode(error: WiremuxError, type: FailureType): ErrorFrame;
  /** The error that a frame says; undefined if it is malformed. */
  parse(flags: number, payload: Uint8Array, limits: CborLimits): WiremuxError | undefined;
}

/** Flags of the error frames of `exp-framing-0002` and `-0003`, one of which they have. */
const PlainErrorFlag = { Protocol: 1, Application: 2 } as const;

/** A map without codes: `exp-framing-0005` and `-0006` (SPEC 3.5.1, 3.9.4). */
export const MAP_ERRORS: ErrorFormat = mapErrors(false);

/** A map with a code: `wiremux.1` (SPEC 3.9.1). */
export const CODED_ERRORS: ErrorFormat = mapErrors(true);

/** The message alone, and whose fault it is in the flags: `exp-framing-0002` and `-0003` (SPEC 3.5.4). */
export const PLAIN_ERRORS: ErrorFormat = {
  encode: ({ message }, type) => ({
    flags: type === 'protocol' ? PlainErrorFlag.Protocol : PlainErrorFlag.Application,
    payload: utf8Encode(cutText(message, MESSAGE_BYTES)),
  }),
  parse: (_flags, payload) => new WiremuxError('remote-error', utf8Decode(payload)),
};

function mapErrors(codes: boolean): ErrorFormat {
  return {
    encode: (error, type) => ({ flags: 0, payload: encodeErrorFrame(error, type, codes) }),
    parse: (_flags, payload, limits) => {
      const decoded = decodeOne(payload, limits);
      return decoded.ok ? parseErrorFrame(decoded.value, codes) : undefined;
    },
  };
}
