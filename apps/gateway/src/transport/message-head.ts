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
  const head = Buffer.allocUnsafe(headBytes(length));
  writeHead(head, length);
  return head;
}

/** A binary WebSocket message of `length` bytes, head and chunks, in one buffer: for few bytes. */
export function wholeMessage(length: number, chunks: readonly Uint8Array[]): Buffer {
  let at = headBytes(length);
  const message = Buffer.allocUnsafe(at + length);
  writeHead(message, length);
  for (const chunk of chunks) {
    message.set(chunk, at);
    at += chunk.length;
  }
  return message;
}

function headBytes(length: number): number {
  if (length < LENGTH_16) return 2;
  return length <= LONGEST_16 ? 4 : 10;
}

function writeHead(into: Buffer, length: number): void {
  into[0] = BINARY_MESSAGE;
  if (length < LENGTH_16) {
    into[1] = length;
  } else if (length <= LONGEST_16) {
    into[1] = LENGTH_16;
    into.writeUInt16BE(length, 2);
  } else {
    into[1] = LENGTH_64;
    into.writeBigUInt64BE(BigInt(length), 2);
  }
}
