import type { CborLimits } from './bounds.js';
import { type CborError, CborErrorCode, unfinished } from './error.js';
import { argumentWidth, leastArgument, readArgument } from './head.js';
import { materializer, NO_VALUE } from './materialize.js';
import { CUT, REFUSED, Scanner } from './scan.js';

/** One value, or why there is none. */
export type DecodeResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: CborError };

/** Exactly one item and nothing after it (SPEC 3.1). Byte strings are views of `bytes`. */
export function decodeOne(bytes: Uint8Array, limits: CborLimits): DecodeResult {
  const value = materializer.read(bytes, 0, bytes.length, limits);
  const error = value === NO_VALUE ? scanWhole(new Scanner(limits), bytes) : endError(bytes);
  return error === undefined ? { ok: true, value } : { ok: false, error };
}

/**
 * The one item of a control payload (SPEC 8.2): as {@link decodeOne}, but with definite lengths, shortest heads and byte
 * string keys, without floats and tags.
 */
export function decodeStrict(bytes: Uint8Array, limits: CborLimits): DecodeResult {
  const refused = scanWhole(new Scanner(limits, true), bytes);
  return refused === undefined ? decodeOne(bytes, limits) : { ok: false, error: refused };
}

/** As {@link decodeStrict} where only an unsigned integer is wanted; undefined for anything else. Past 2^53 it is rounded. */
export function decodeUint(bytes: Uint8Array): number | undefined {
  const initial = bytes[0] ?? NO_UINT;
  if (initial < ONE_BYTE) return bytes.length === 1 ? initial : undefined;
  if (initial >= NO_UINT) return undefined;
  const width = argumentWidth(initial);
  if (bytes.length !== 1 + width) return undefined;
  const value = readArgument(bytes, 1, width);
  return value < leastArgument(width) ? undefined : value;
}

/** Integers below it are their own heads; heads from the other on are of no unsigned integer. */
const ONE_BYTE = 24;
const NO_UINT = 28;

/** What is wrong with the value just read, or with what comes behind it. */
function endError({ length }: Uint8Array): CborError | undefined {
  return materializer.end === length ? materializer.error : trailing(materializer.end);
}

/** Goes over bytes that must be exactly one value. */
function scanWhole(scanner: Scanner, bytes: Uint8Array): CborError | undefined {
  const size = bytes.length;
  const end = scanner.scan(bytes, 0, size);
  if (end === REFUSED) return scanner.error;
  if (end === CUT) return unfinished(size);
  return end === size ? undefined : trailing(end);
}

function trailing(offset: number): CborError {
  return { code: CborErrorCode.TrailingBytes, message: 'There are more bytes after the value.', offset };
}
