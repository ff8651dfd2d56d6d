import { type CborError, CborErrorCode, type CborLimits } from './error.js';
import { Materializer } from './materialize.js';
import { CUT, REFUSED, Scanner } from './scan.js';

/** One value, or why there is none. */
export type DecodeResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: CborError };

/** Exactly one item and nothing after it (SPEC 3.1). Byte strings are views of `bytes`. */
export function decodeOne(bytes: Uint8Array, limits: CborLimits): DecodeResult {
  return decodeWith(new Scanner(limits), bytes);
}

/**
 * The one item of a control payload (SPEC 8.2): as {@link decodeOne}, but definite lengths, shortest heads, byte string
 * keys, no floats and no tags. Byte strings are views of `bytes`.
 */
export function decodeStrict(bytes: Uint8Array, limits: CborLimits): DecodeResult {
  return decodeWith(new Scanner(limits, true), bytes);
}

function decodeWith(scanner: Scanner, bytes: Uint8Array): DecodeResult {
  const end = scanner.scan(bytes, 0, bytes.length);
  if (end === REFUSED) return { ok: false, error: scanner.error as CborError };
  if (end === CUT) return refuse(CborErrorCode.Unfinished, 'The bytes end inside a value.', bytes.length);
  if (end < bytes.length) return refuse(CborErrorCode.TrailingBytes, 'More bytes follow the value.', end);
  const materializer = new Materializer(bytes, 0);
  const value = materializer.read();
  if (materializer.duplicate) return refuse(CborErrorCode.DuplicateKey, 'A map has a key twice.', materializer.duplicate.offset);
  return { ok: true, value };
}

function refuse(code: CborErrorCode, message: string, offset: number): DecodeResult {
  return { ok: false, error: { code, message, offset } };
}
