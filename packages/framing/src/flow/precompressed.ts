import type { ByteRange } from '../cbor/index.js';

const marked = new WeakSet<Uint8Array>();

/**
 * Says of bytes that they are compressed already: as a value of an answer, as bytes of a streamed one or as upload data
 * they go out as they are, past any content encoding (SPEC 4.12), from 4 KiB on. Returns the same array; views of it count
 * for themselves.
 */
export function precompressed(bytes: Uint8Array): Uint8Array {
  marked.add(bytes);
  return bytes;
}

/** Whether {@link precompressed} was called with the array that these are all bytes of. */
export function isPrecompressed({ bytes, from, to }: ByteRange): boolean {
  return to - from >= LEAST_BYTES && marked.has(bytes);
}

/** Shorter ones are not worth a frame of their own. */
const LEAST_BYTES = 4_096;
