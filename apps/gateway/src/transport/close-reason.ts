/** What a close frame has room for beside its code (RFC 6455 5.5), bytes. */
const REASON_BYTES = 123;

/** `reason` cut to 123 bytes of UTF-8 between two characters. */
export function closeReason(reason: string): string {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(REASON_BYTES));
  return reason.slice(0, read);
}
