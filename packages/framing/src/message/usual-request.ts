import { type CborLimits, Major, materializer, NO_VALUE, readText } from '../cbor/index.js';
import { isFields } from './fields.js';
import type { RequestMessage } from './request.js';

/** What a map of `args` and `name` says ahead of the value of each, its keys sorted as they are sent (SPEC 3.1.1). */
const BEFORE_ARGS: Uint8Array = Uint8Array.of((Major.Map << 5) | 2, (Major.Bytes << 5) | 4, 0x61, 0x72, 0x67, 0x73);
const BEFORE_NAME: Uint8Array = Uint8Array.of((Major.Bytes << 5) | 4, 0x6e, 0x61, 0x6d, 0x65);
/** Items that the map has beside those in its arguments: itself, its keys and its name. */
const ITEMS = 4;
/** The longest name whose length is in its head. */
const SHORT_NAME = 23;

/**
 * Reads a request that is arguments and a short name, as most are, without a map of the two. Undefined: it is to be read as
 * any other is, which tells what is wrong with it if anything is.
 */
export function readUsualRequest(bytes: Uint8Array, limits: CborLimits): RequestMessage | undefined {
  const size = bytes.length;
  if (!says(bytes, 0, BEFORE_ARGS) || size > limits.bytes) return undefined;
  const within = { depth: limits.depth - 1, items: limits.items - ITEMS, bytes: limits.bytes };
  const args = materializer.read(bytes, BEFORE_ARGS.length, size, within);
  if (args === NO_VALUE || materializer.error !== undefined || !isFields(args)) return undefined;
  const head = materializer.end + BEFORE_NAME.length;
  const length = (bytes[head] ?? 0) - (Major.Bytes << 5);
  if (!says(bytes, materializer.end, BEFORE_NAME) || length < 1 || length > SHORT_NAME) return undefined;
  const name = head + 1 + length === size ? readText(bytes, head + 1, size) : undefined;
  return name === undefined ? undefined : { name, args, redirect: undefined };
}

function says(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) if (bytes[at + index] !== expected[index]) return false;
  return true;
}
