import { CborWriter } from '../cbor/index.js';
import { CODE } from './failure.js';
import { asFields, asProse, field, isUint } from './fields.js';

/** What a server says of the token it was given (SPEC 8.3.12). */
export interface TokenVerdict {
  /** Whether it is accepted. */
  readonly ok: boolean;
  /** Why it is not; of the form of error codes. */
  readonly code?: string;
  /** How long the token in force still holds, ms from now. */
  readonly expires?: number;
}

/** Writes the value of the key `auth`. A part of a ms is dropped, and a code that has not its form left out. */
export function writeVerdict(out: CborWriter, { ok, code, expires }: TokenVerdict): void {
  const said = code !== undefined && CODE.test(code) ? code : undefined;
  out.mapHead(1 + (said === undefined ? 0 : 1) + (expires === undefined ? 0 : 1));
  if (said !== undefined) {
    out.bytes('code');
    out.bytes(said);
  }
  if (expires !== undefined) {
    out.bytes('expires');
    out.uint(Math.floor(expires));
  }
  out.bytes('ok');
  out.bool(ok);
}

/** The value of the key `auth`; undefined where it is malformed. */
export function parseVerdict(value: unknown): TokenVerdict | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const ok = field(fields, 'ok');
  const code = Object.hasOwn(fields, 'code') ? asProse(fields['code']) : '';
  const expires = field(fields, 'expires');
  if (typeof ok !== 'boolean' || code === undefined) return undefined;
  if (expires !== undefined && !isUint(expires, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  return {
    ok,
    ...(CODE.test(code) ? { code } : {}),
    ...(expires === undefined ? {} : { expires }),
  };
}

/** The settings map of a token alone (SPEC 8.3.11). */
export function encodeTokenRefresh(token: string): Uint8Array {
  return laterSettings('token', (out) => out.bytes(token));
}

/** The settings map of its answer alone (SPEC 8.3.12). */
export function encodeTokenAnswer(verdict: TokenVerdict): Uint8Array {
  return laterSettings('auth', (out) => writeVerdict(out, verdict));
}

function laterSettings(key: string, write: (out: CborWriter) => void): Uint8Array {
  const out = new CborWriter();
  out.mapHead(1);
  out.bytes('wiremux');
  out.mapHead(1);
  out.bytes(key);
  write(out);
  return out.take();
}
