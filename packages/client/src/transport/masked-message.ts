import { randomFillSync } from 'node:crypto';

/** What every binary message of one frame begins with: FIN and the opcode (RFC 6455 section 5.2). */
const BINARY_MESSAGE = 0x82;
/** Of the second byte: the payload is masked, and its length takes two more bytes. */
const MASKED = 0x80;
const LENGTH_16 = 126;
/** Bytes of the head of a message, its key included, whose length takes no more bytes, and two. */
const SHORT_HEAD = 6;
const LONG_HEAD = 8;

/** Messages lie one behind the other in memory of this size; one that is written late keeps it. */
const PAGE_BYTES = 32 * 1024;
const KEYS = 2_048;

/** Bytes, and the same as words: payloads begin with one, so that they can be masked word by word. */
let page: Buffer = Buffer.alloc(0);
let words: Int32Array = new Int32Array(0);
/** Messages before this place are handed out. */
let used = 0;

const keys = new Int32Array(KEYS);
let nextKey = KEYS;

/**
 * A binary WebSocket message in one frame, as a client sends it: masked with a key that cannot be guessed (RFC 6455
 * section 5.3), head and payload in memory that is the caller's for good.
 * @param size bytes of all chunks, 65,535 at most
 */
export function maskedMessage(chunks: readonly Uint8Array[], size: number): Buffer {
  const head = size < LENGTH_16 ? SHORT_HEAD : LONG_HEAD;
  let payload = wordAfter(used + head);
  if (payload + size > page.length) {
    takePage();
    payload = LONG_HEAD;
  }
  const start = payload - head;
  const end = payload + size;
  page[start] = BINARY_MESSAGE;
  if (head === SHORT_HEAD) {
    page[start + 1] = MASKED | size;
  } else {
    page[start + 1] = MASKED | LENGTH_16;
    page.writeUInt16BE(size, start + 2);
  }
  let at = payload;
  for (const chunk of chunks) {
    page.set(chunk, at);
    at += chunk.length;
  }
  mask(payload / 4, wordAfter(end) / 4);
  used = end;
  return page.subarray(start, end);
}

/** Masks words, the last of which may reach past the payload into what nobody has. The key is the word before them. */
function mask(first: number, end: number): void {
  const masked = words;
  const key = takeKey();
  masked[first - 1] = key;
  for (let at = first; at < end; at++) masked[at] = (masked[at] as number) ^ key;
}

function takeKey(): number {
  if (nextKey === KEYS) {
    randomFillSync(keys);
    nextKey = 0;
  }
  return keys[nextKey++] as number;
}

function takePage(): void {
  page = Buffer.allocUnsafeSlow(PAGE_BYTES);
  words = new Int32Array(page.buffer);
}

/** The first place from there on where a word may begin. */
function wordAfter(at: number): number {
  return (at + 3) & ~3;
}
