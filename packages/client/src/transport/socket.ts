/** The largest WebSocket message accepted, bytes (SPEC 7.3). */
export const MAX_MESSAGE: number = 1024 * 1024 + 64 * 1024;

/** A socket that held more has drained when it holds this many bytes at most: enough to keep the network busy. */
export const LOW_WATER: number = 64 * 1024;

/** The most bytes a close frame carries beside its code (RFC 6455 section 5.5). */
const MAX_REASON = 123;

/** The longest start of `reason` that fits a close frame, whole characters only. */
export function closeReason(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  if (bytes.length <= MAX_REASON) return reason;
  let end = MAX_REASON;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(bytes.subarray(0, end));
}

/** All chunks as one. */
export function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** The bytes of all chunks in sum. */
export function sizeOf(chunks: readonly Uint8Array[]): number {
  let size = 0;
  for (const chunk of chunks) size += chunk.length;
  return size;
}
