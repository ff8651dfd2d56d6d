import type { CborLimits } from './bounds.js';
import { type CborError, CborErrorCode, unfinished } from './error.js';
import { Materializer } from './materialize.js';
import { decodePlain } from './plain.js';
import { CUT, REFUSED, Scanner } from './scan.js';

/** One value, or why there is none. */
export type DecodeResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: CborError };

/** Exactly one item and nothing after it (SPEC 3.1). Byte strings are views of `bytes`. */
export function decodeOne(bytes: Uint8Array, limits: CborLimits): DecodeResult {
  const scanner = idle?.keeps(limits) === true ? idle : new Scanner(limits);
  const decoded = decodeWhole(scanner, bytes);
  // One that has seen the end of its value begins anew.
  idle = decoded.ok ? scanner : undefined;
  return decoded;
}

/** The scanner of the last value: the next one most often has the same bounds. */
let idle: Scanner | undefined;

/**
 * The one item of a control payload (SPEC 8.2): as {@link decodeOne}, but with definite lengths, shortest heads and byte
 * string keys, without floats and tags.
 */
export function decodeStrict(bytes: Uint8Array, limits: CborLimits): DecodeResult {
  return decodeWhole(new Scanner(limits, true), bytes);
}

/** What {@link decodeOne} would refuse the bytes for; most values need not be built to know. */
export function checkOne(bytes: Uint8Array, limits: CborLimits): CborError | undefined {
  const scanner = new Scanner(limits);
  const refused = scanWhole(scanner, bytes);
  if (refused !== undefined || scanner.plain) return refused;
  const materializer = new Materializer(bytes, 0);
  materializer.read();
  return materializer.error;
}

function decodeWhole(scanner: Scanner, bytes: Uint8Array): DecodeResult {
  const refused = scanWhole(scanner, bytes);
  if (refused !== undefined) return { ok: false, error: refused };
  if (scanner.plain) return { ok: true, value: decodePlain(bytes, 0, bytes.length, 1)[0] };
  const materializer = new Materializer(bytes, 0);
  const value = materializer.read();
  return materializer.error === undefined ? { ok: true, value } : { ok: false, error: materializer.error };
}

/** Goes over bytes that must be exactly one value. */
function scanWhole(scanner: Scanner, bytes: Uint8Array): CborError | undefined {
  const size = bytes.length;
  const end = scanner.scan(bytes, 0, size);
  if (end === REFUSED) return scanner.error;
  if (end === CUT) return unfinished(size);
  if (end === size) return undefined;
  return { code: CborErrorCode.TrailingBytes, message: 'There are more bytes after the value.', offset: end };
}
