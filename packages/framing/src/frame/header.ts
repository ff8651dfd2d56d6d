import { type FrameHeader, HEADER_SIZE } from './frame.js';

/**
 * Writes a header at `offset`, its fields in the order they have there (SPEC 1.1). They must be in range; `length` is the
 * payload's, at most 2^24 - 1.
 */
export function writeHeader(
  target: Uint8Array,
  offset: number,
  length: number,
  requestId: number,
  streamId: number,
  streamFlags: number,
  type: number,
  flags: number,
): void {
  target[offset] = length;
  target[offset + 1] = length >>> 8;
  target[offset + 2] = length >>> 16;
  target[offset + 3] = requestId;
  target[offset + 4] = requestId >>> 8;
  target[offset + 5] = streamId;
  target[offset + 6] = streamFlags;
  target[offset + 7] = (type << 4) | flags;
}

/** One frame as bytes: for tests, tools and the text form; the reactors write into a batch instead. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE + payload.length);
  const { requestId, streamId, streamFlags, type, flags } = header;
  writeHeader(bytes, 0, payload.length, requestId, streamId, streamFlags, type, flags);
  bytes.set(payload, HEADER_SIZE);
  return bytes;
}
