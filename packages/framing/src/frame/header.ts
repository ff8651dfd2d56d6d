import { type FrameHeader, HEADER_SIZE } from './frame.js';

/** Writes a header at `offset` (SPEC 1.1). Fields must be in range; `length` is the payload's, at most 2^24 - 1. */
export function writeHeader(target: Uint8Array, offset: number, header: FrameHeader, length: number): void {
  target[offset] = length;
  target[offset + 1] = length >>> 8;
  target[offset + 2] = length >>> 16;
  target[offset + 3] = header.requestId;
  target[offset + 4] = header.requestId >>> 8;
  target[offset + 5] = header.streamId;
  target[offset + 6] = header.streamFlags;
  target[offset + 7] = (header.type << 4) | header.flags;
}

/** One frame as bytes: for tests, tools and the text form; the reactors write into a batch instead. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE + payload.length);
  writeHeader(bytes, 0, header, payload.length);
  bytes.set(payload, HEADER_SIZE);
  return bytes;
}
