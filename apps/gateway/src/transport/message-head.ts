/** What every binary message of one unmasked frame begins with: FIN and the opcode (RFC 6455 section 5.2). */
const BINARY_MESSAGE = 0x82;
/** Lengths from here on take two bytes, or eight. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const LONGEST_16 = 0xffff;

/**
 * The head of a binary WebSocket message of `length` bytes in one frame, as a server sends it: unmasked. It goes to the
 * stream ahead of the message's pieces, however many those are, so that none is copied here and none is joined at the
 * other end.
 */
export function messageHead(length: number): Buffer {
  if (length < LENGTH_16) return Buffer.of(BINARY_MESSAGE, length);
  if (length <= LONGEST_16) return Buffer.of(BINARY_MESSAGE, LENGTH_16, length >> 8, length & 0xff);
  const head = Buffer.alloc(10);
  head[0] = BINARY_MESSAGE;
  head[1] = LENGTH_64;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
