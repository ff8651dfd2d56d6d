import { CloseCode } from '@wiremux/framing';
import { MAX_MESSAGE } from './socket.js';

/** RFC 6455 section 5.2: what the first byte of a frame says. */
const FIN = 0x80;
const RESERVED = 0x70;
const OPCODE = 0x0f;
const CONTINUATION = 0;
const BINARY = 2;
const CLOSE = 8;
/** And the second. */
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const LONGEST_HEAD = 14;

/** Who gets what the bytes of a WebSocket are made of, in order. */
export interface MessageParts {
  /** Payload of binary messages, any cut. */
  payload(bytes: Uint8Array): void;
  /** Everything else: the frames of text messages and control frames, and those that are none. Any cut. */
  other(bytes: Uint8Array): void;
  /** A binary message breaks a rule; nothing follows. */
  broken(code: CloseCode, reason: string): void;
}

/**
 * Takes the payload of binary messages out of what a server sends, as it comes: a WebSocket implementation copies each
 * message that is cut together first, and what is read here is a byte stream anyway (SPEC 7.2). The rest of the
 * protocol is left to that implementation.
 */
export class MessageFilter {
  readonly #parts: MessageParts;
  /** A head that is cut, and how much of it there is. */
  readonly #head: Uint8Array = new Uint8Array(LONGEST_HEAD);
  #headFill = 0;
  /** Payload bytes that the frame being read still lacks, and whether they are taken here. */
  #left = 0;
  #taken = false;
  /** The message that frames may continue. */
  #message: 'none' | 'binary' | 'other' = 'none';
  /** Bytes of the binary message, its current frame included. */
  #messageBytes = 0;
  /** Set with the close frame: nothing counts after it. */
  #closing = false;
  #ended = false;

  constructor(parts: MessageParts) {
    this.#parts = parts;
  }

  /** The next bytes from the network; what is given out are views of them. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.#ended) {
      at = this.#left > 0 ? this.#readPayload(bytes, at) : this.#readHead(bytes, at);
    }
  }

  #readPayload(bytes: Uint8Array, from: number): number {
    const to = Math.min(bytes.length, from + this.#left);
    this.#left -= to - from;
    const part = bytes.subarray(from, to);
    if (this.#taken) this.#parts.payload(part);
    else this.#parts.other(part);
    if (this.#left === 0) this.#ended ||= this.#closing;
    return to;
  }

  /** Returns where the head's part of `bytes` ends. */
  #readHead(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length) {
      this.#head[this.#headFill++] = bytes[at++] as number;
      if (this.#headFill < headLength(this.#head, this.#headFill)) continue;
      this.#begin();
      this.#headFill = 0;
      break;
    }
    return at;
  }

  /** A frame begins, its head is complete. */
  #begin(): void {
    const head = this.#head;
    const first = head[0] as number;
    const opcode = first & OPCODE;
    this.#left = payloadLength(head);
    const odd = (first & RESERVED) !== 0 || ((head[1] as number) & MASKED) !== 0;
    this.#taken = !odd && opcode === (this.#message === 'binary' ? CONTINUATION : BINARY) && this.#message !== 'other';
    if (this.#taken) {
      this.#countBinary((first & FIN) !== 0);
      return;
    }
    if (opcode < CLOSE) {
      if (this.#message === 'binary') {
        this.#break(CloseCode.Protocol, 'A message began inside another.');
        return;
      }
      this.#message = (first & FIN) === 0 ? 'other' : 'none';
    }
    this.#closing = opcode === CLOSE;
    this.#parts.other(head.slice(0, this.#headFill));
    if (this.#left === 0) this.#ended ||= this.#closing;
  }

  #countBinary(last: boolean): void {
    if (this.#message === 'none') this.#messageBytes = 0;
    this.#message = last ? 'none' : 'binary';
    this.#messageBytes += this.#left;
    if (this.#messageBytes > MAX_MESSAGE) this.#break(CloseCode.TooBig, 'A message is too big.');
  }

  #break(code: CloseCode, reason: string): void {
    this.#ended = true;
    this.#parts.broken(code, reason);
  }
}

/** Bytes of the head whose first `known` bytes are there: at least one more than those while it cannot be told. */
function headLength(head: Uint8Array, known: number): number {
  if (known < 2) return 2;
  const second = head[1] as number;
  const length = second & LENGTH;
  return 2 + (length === LENGTH_16 ? 2 : length === LENGTH_64 ? 8 : 0) + ((second & MASKED) === 0 ? 0 : 4);
}

function payloadLength(head: Uint8Array): number {
  const length = (head[1] as number) & LENGTH;
  if (length < LENGTH_16) return length;
  let sum = 0;
  for (let at = 2; at < (length === LENGTH_16 ? 4 : 10); at++) sum = sum * 256 + (head[at] as number);
  return sum;
}
