import type { Duplex } from 'node:stream';
import { CloseCode, type Transport, type TransportHandlers } from '@wiremux/framing';
import { WebSocket } from 'ws';
import { closeReason } from './close-reason.js';
import { gather, UNCOPIED_BYTES } from './gather.js';
import { messageHead, wholeMessage } from './message-head.js';

/** `drain` is told once the bytes buffered fall to this after having been above it. */
const LOW_WATER = 64 * 1024;

/** The stream below a WebSocket, as far as messages are written to it. */
export type MessageStream = Pick<Duplex, 'write' | 'cork' | 'uncork' | 'writableLength'>;

/** A `ws` socket that knows its transport: listeners of all sockets are the same functions then. */
export class MuxSocket extends WebSocket {
  transport: WsTransport | undefined;
}

/**
 * The transport of SPEC 7.1 over a `ws` socket and the stream below it. Binary messages are a byte stream; a text message
 * closes with 1003. A small message is written at once, large ones of one turn leave in one write.
 *
 * It writes them to the stream by itself: the socket would copy the pieces of a message, or send them as fragments that
 * their receiver has to join. Whole messages do not disturb the socket's own, which it writes whole too, as nothing of
 * them is compressed.
 */
export class WsTransport implements Transport {
  readonly #socket: MuxSocket;
  readonly #stream: MessageStream;
  #corked = false;
  #filled = false;
  #closing = false;
  #handlers: TransportHandlers | undefined;

  constructor(socket: MuxSocket, stream: MessageStream) {
    this.#socket = socket;
    this.#stream = stream;
    // A socket without this listener throws its error at the process; 'close' follows every error and tells the rest.
    socket.on('error', ignore);
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    this.#socket.transport = this;
    this.#socket.on('message', onMessage);
    this.#socket.on('close', onClose);
  }

  /** Of {@link MuxSocket}: a message has come. */
  received(data: Buffer, isBinary: boolean): void {
    if (this.#closing) return;
    if (isBinary) this.#handlers?.bytes(new Uint8Array(data.buffer, data.byteOffset, data.length));
    else this.close(CloseCode.TextMessage, 'Send binary messages: a text message carries no frames.');
  }

  /** Of {@link MuxSocket}. */
  closed(code: number, reason: string): void {
    this.#handlers?.closed(code, reason);
  }

  send(chunks: readonly Uint8Array[]): void {
    if (this.#closing || this.#socket.readyState !== WebSocket.OPEN) return;
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (length === 0) return;
    if (length < UNCOPIED_BYTES && this.#stream.writableLength === 0) {
      // Without a callback: so few bytes are nothing that `drain` is waited for.
      this.#stream.write(wholeMessage(length, chunks));
      return;
    }
    const pieces = gather([messageHead(length), ...chunks]);
    const last = pieces.pop() as Uint8Array;
    this.#cork();
    for (const piece of pieces) this.#stream.write(piece);
    this.#stream.write(last, () => this.#written());
    if (this.bufferedBytes > LOW_WATER) this.#filled = true;
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  pause(): void {
    if (!this.#closing) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    // A paused socket would never read the peer's half of the closing handshake.
    this.#socket.resume();
    this.#socket.close(code, closeReason(reason));
  }

  terminate(): void {
    this.#closing = true;
    this.#socket.terminate();
  }

  #written(): void {
    if (!this.#filled || this.bufferedBytes > LOW_WATER) return;
    this.#filled = false;
    if (this.#socket.readyState === WebSocket.OPEN) this.#handlers?.drain();
  }

  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#stream.uncork();
    });
  }
}

function ignore(): void {}

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  (this as MuxSocket).transport?.received(data, isBinary);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  (this as MuxSocket).transport?.closed(code, reason.toString());
}
