import { type CborLimits, decodeStrict, decodeUint, utf8Decode } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { wellFormedCode } from './failure.js';
import { cutText, field, isFields, isUint } from './fields.js';
import { MAX_CREDIT } from './settings.js';
import { encodeField } from './write-field.js';

/** Control payloads are small: their bounds are of the wire, not of the deployment (SPEC 8.2). */
const LIMITS: CborLimits = { depth: 8, items: 64, bytes: 65_535 };
const CANCEL_MESSAGE_BYTES = 1_024;
/** The most bytes of a ping (SPEC 8.2.6). */
export const PING_BYTES = 64;
const DRAIN_MS = 600_000;

/** Why a request was cancelled (SPEC 8.2.4). */
export interface CancelReason {
  /** Of the form of error codes; anything else is left out. */
  readonly code?: string | undefined;
  /** At most 1,024 bytes; longer is cut. */
  readonly message?: string | undefined;
}

/** What a server says when it is about to leave (SPEC 8.2.7, 8.10). */
export interface DrainNotice {
  /** Why, for people. */
  readonly reason?: string | undefined;
  /** Before so long a client does not move, whole ms up to 600,000. */
  readonly after: number;
  /** A random part of it goes on top, so that not all move at once; whole ms up to 600,000. */
  readonly jitter: number;
  /** The address to move to; the same as before where there is none. */
  readonly at?: string | undefined;
}

/** The payload of a credit frame. */
export function encodeUint(value: number): Uint8Array {
  return encodeField(value);
}

/** The payload of ping and pong frames. */
export function encodePing(payload: Uint8Array): Uint8Array {
  return encodeField(payload);
}

/** The payload of a cancel frame; empty where there is nothing to say. */
export function encodeCancel({ code: given, message }: CancelReason): Uint8Array {
  const code = wellFormedCode(given);
  if (code === undefined && message === undefined) return new Uint8Array(0);
  return encodeField({ code, message: message && cutText(message, CANCEL_MESSAGE_BYTES) });
}

/** The payload of cancel|ack. */
export function encodeCancelResult(result: string): Uint8Array {
  return encodeField({ result });
}

function read(payload: Uint8Array): unknown {
  const decoded = decodeStrict(payload, LIMITS);
  return decoded.ok ? decoded.value : undefined;
}

/** The grant of a credit frame, 1 to 2^24; undefined if malformed (SPEC 8.2.3). */
export function parseCredit(payload: Uint8Array): number | undefined {
  const value = decodeUint(payload);
  return isUint(value, 1, MAX_CREDIT) ? value : undefined;
}

/** The count of an ack frame; undefined if malformed (SPEC 8.2.5). */
export function parseAck(payload: Uint8Array): number | undefined {
  const value = decodeUint(payload);
  return isUint(value, 0, Number.MAX_SAFE_INTEGER) ? value : undefined;
}

/** The bytes of a ping frame; undefined if malformed (SPEC 8.2.6). */
export function parsePing(payload: Uint8Array): Uint8Array | undefined {
  const value = read(payload);
  return value instanceof Uint8Array && value.length <= PING_BYTES ? value : undefined;
}

/** The reason of a cancel frame; undefined if malformed (SPEC 8.2.4). */
export function parseCancel(payload: Uint8Array): CancelReason | undefined {
  if (payload.length === 0) return {};
  const value = read(payload);
  if (!isFields(value)) return undefined;
  const said = strictText(field(value, 'code'), LIMITS.bytes);
  const message = strictText(field(value, 'message'), CANCEL_MESSAGE_BYTES);
  if (said === false || message === false) return undefined;
  return { code: wellFormedCode(said), message };
}

/** The result of a cancel|ack frame; undefined if malformed. An unknown one reads as `stopped` (SPEC 8.6.4). */
export function parseCancelResult(payload: Uint8Array): 'stopped' | 'finished' | 'left' | undefined {
  const value = read(payload);
  if (!isFields(value)) return undefined;
  const result = strictText(field(value, 'result'), LIMITS.bytes);
  if (typeof result !== 'string') return undefined;
  return result === 'finished' || result === 'left' ? result : 'stopped';
}

/**
 * The payload of a drain frame.
 * @throws {WiremuxError} `bad-arguments` for times out of their range
 */
export function encodeDrain({ reason, after, jitter, at }: DrainNotice): Uint8Array {
  if (!isUint(after, 0, DRAIN_MS) || !isUint(jitter, 0, DRAIN_MS)) {
    throw new WiremuxError('bad-arguments', `The times of a drain are whole ms from 0 to ${DRAIN_MS}.`);
  }
  return encodeField({ after, at, jitter, reason });
}

/** What a drain frame says; undefined if malformed (SPEC 8.2.7). */
export function parseDrain(payload: Uint8Array): DrainNotice | undefined {
  const value = read(payload);
  if (!isFields(value)) return undefined;
  const after = field(value, 'after');
  const jitter = field(value, 'jitter');
  const reason = strictText(field(value, 'reason'), LIMITS.bytes);
  const at = strictText(field(value, 'at'), LIMITS.bytes);
  if (!isUint(after, 0, DRAIN_MS) || !isUint(jitter, 0, DRAIN_MS) || reason === false || at === false) return undefined;
  return { after, jitter, reason, at };
}

/** Only byte strings here (SPEC 8.2.1): false for anything else, undefined for nothing. */
function strictText(value: unknown, most: number): string | undefined | false {
  if (value === undefined) return undefined;
  if (!(value instanceof Uint8Array) || value.length > most) return false;
  return utf8Decode(value);
}
