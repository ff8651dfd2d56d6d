import type { Transport } from '@wiremux/framing';

/** A transport that is open, and the subprotocol its server chose. */
export interface DialedTransport extends Transport {
  readonly protocol: string;
}

/**
 * Opens a transport to `url`, offering `protocols`. Rejects when it cannot; gives up, and closes what it has, when
 * `signal` aborts.
 */
export type Dial = (url: string, protocols: readonly string[], signal: AbortSignal) => Promise<DialedTransport>;

/** The largest WebSocket message accepted, bytes (SPEC 7.3). */
export const MAX_MESSAGE: number = 1024 * 1024 + 64 * 1024;

const MAX_REASON = 123;

/** The longest start of `reason` that fits a close frame: 123 bytes of UTF-8. */
export function closeReason(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  if (bytes.length <= MAX_REASON) return reason;
  let end = MAX_REASON;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(bytes.subarray(0, end));
}
