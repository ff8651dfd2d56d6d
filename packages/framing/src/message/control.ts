import { type CborLimits, CborWriter, decodeStrict, utf8Decode } from '../cbor/index.js';
import { CODE } from './failure.js';
import { cutText, field, isFields, isUint } from './fields.js';
import { MAX_CREDIT } from './settings.js';

/** Control payloads are small: their bounds are of the wire, not of the deployment (SPEC 8.2). */
const LIMITS: CborLimits = { depth: 8, items: 64, bytes: 65_535 };
const CANCEL_MESSAGE_BYTES = 1_024;
/** The most bytes of a ping (SPEC 8.2.6). */
export const PING_BYTES = 64;
const DRAIN_MS = 600_000;

/** Why a request was cancelled (SPEC 8.2.4). */
export interface CancelReason {
  /** Of the form of error codes; anything else is left out. */
  readonly code?: string;
  /** At most 1,024 bytes; longer is cut. */
  readonly message?: string;
}

/** The payload of credit and ack frames. */
export function encodeUint(value: number): Uint8Array {
  const out = new CborWriter();
  out.uint(value);
  return out.take();
}

/** The payload of ping and pong frames. */
export function encodePing(payload: Uint8Array): Uint8Array {
  const out = new CborWriter();
  out.bytes(payload);
  return out.take();
}

/** The payload of a cancel frame; empty where there is nothing to say. */
export function encodeCancel({ code: given, message }: CancelReason): Uint8Array {
  const code = given !== undefined && CODE.test(given) ? given : undefined;
  const out = new CborWriter();
  if (code === undefined && message === undefined) return out.take();
  out.mapHead((code === undefined ? 0 : 1) + (message === undefined ? 0 : 1));
  if (code !== undefined) {
    out.bytes('code');
    out.bytes(code);
  }
  if (message !== undefined) {
    out.bytes('message');
    out.bytes(cutText(message, CANCEL_MESSAGE_BYTES));
  }
  return out.take();
}

/** The payload of cancel|ack. */
export function encodeCancelResult(result: string): Uint8Array {
  const out = new CborWriter();
  out.mapHead(1);
  out.bytes('result');
  out.bytes(result);
  return out.take();
}

function read(payload: Uint8Array): unknown {
  const decoded = decodeStrict(payload, LIMITS);
  return decoded.ok ? decoded.value : undefined;
}

/** The grant of a credit frame, 1 to 2^24; undefined if malformed (SPEC 8.2.3). */
export function parseCredit(payload: Uint8Array): number | undefined {
  const value = read(payload);
  return isUint(value, 1, MAX_CREDIT) ? value : undefined;
}

/** The count of an ack frame; undefined if malformed (SPEC 8.2.5). */
export function parseAck(payload: Uint8Array): number | undefined {
  const value = read(payload);
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
  const code = strictText(field(value, 'code'), LIMITS.bytes);
  const message = strictText(field(value, 'message'), CANCEL_MESSAGE_BYTES);
  if (code === false || message === false) return undefined;
  return {
    ...(code !== undefined && CODE.test(code) ? { code } : {}),
    ...(message === undefined ? {} : { message }),
  };
}

/** The result of a cancel|ack frame; undefined if malformed. An unknown one reads as `stopped` (SPEC 8.6.4). */
export function parseCancelResult(payload: Uint8Array): 'stopped' | 'finished' | 'left' | undefined {
  const value = read(payload);
  if (!isFields(value)) return undefined;
  const result = strictText(field(value, 'result'), LIMITS.bytes);
  if (typeof result !== 'string') return undefined;
  return result === 'finished' || result === 'left' ? result : 'stopped';
}

/** True for a drain frame's payload (SPEC 8.2.7). */
export function isDrain(payload: Uint8Array): boolean {
  const value = read(payload);
  return (
    isFields(value) &&
    isUint(field(value, 'after'), 0, DRAIN_MS) &&
    isUint(field(value, 'jitter'), 0, DRAIN_MS) &&
    strictText(field(value, 'reason'), LIMITS.bytes) !== false &&
    strictText(field(value, 'at'), LIMITS.bytes) !== false
  );
}

/** Only byte strings here (SPEC 8.2.1): false for anything else, undefined for nothing. */
function strictText(value: unknown, most: number): string | undefined | false {
  if (value === undefined) return undefined;
  if (!(value instanceof Uint8Array) || value.length > most) return false;
  return utf8Decode(value);
}
