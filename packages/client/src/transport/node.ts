import type { Socket } from 'node:net';
import { CloseCode, type TransportHandlers } from '@wiremux/framing';
import { type ClientOptions, type RawData, WebSocket } from 'ws';
import type { Dial, DialedTransport } from './dial.js';
import { maskedMessage } from './masked-message.js';
import { MessageFilter } from './message-filter.js';
import { firstError, readRefusal } from './node-http.js';
import { ReadSocket } from './read-socket.js';
import { closeReason, joined, LOW_WATER, MAX_MESSAGE, sizeOf } from './socket.js';

/**
 * Messages smaller than this are joined, and written here: the socket would mask them byte by byte, and cork its stream
 * for each. Larger ones go as fragments, so that bulk is not copied once more.
 */
const JOIN_BELOW = 16 * 1024;
/** Time the server has to answer a close, ms. */
const CLOSE_TIMEOUT = 5_000;

const OPTIONS: ClientOptions & { readonly closeTimeout: number } = {
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE,
  closeTimeout: CLOSE_TIMEOUT,
};

/** Dials with the `ws` package. */
export const nodeDial: Dial = (url, protocols, signal) =>
  new Promise((resolve, reject) => {
    // What is encrypted is read by whoever decrypts it.
    const reading = url.startsWith('wss:') ? undefined : new ReadSocket();
    const socket = new WebSocket(url, [...protocols], {
      ...OPTIONS,
      createConnection: reading?.connect as ClientOptions['createConnection'],
    });
    let stream: Socket | undefined;
    const giveUp = (): void => socket.terminate();
    signal.addEventListener('abort', giveUp);
    // This listener stays: without one, a later error would end the process. After opening, `close` tells of it.
    socket.on('error', (error) => reject(firstError(error)));
    socket.on('unexpected-response', (request, response) => {
      void readRefusal(response).then((detail) => {
        request.destroy();
        reject(new Error(detail));
      });
    });
    socket.on('upgrade', (response) => {
      stream = response.socket;
    });
    socket.on('open', () => {
      signal.removeEventListener('abort', giveUp);
      socket.pause();
      resolve(new NodeTransport(socket, stream, reading));
    });
  });

class NodeTransport implements DialedTransport {
  readonly #socket: WebSocket;
  readonly #stream: Socket | undefined;
  readonly #reading: ReadSocket | undefined;
  #handlers: TransportHandlers | undefined;
  #filled = false;

  constructor(socket: WebSocket, stream: Socket | undefined, reading: ReadSocket | undefined) {
    this.#socket = socket;
    this.#stream = stream;
    this.#reading = reading;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    this.#socket.on('message', (data: RawData, isBinary) => {
      if (isBinary) handlers.bytes(plain(data as Buffer));
      else this.close(CloseCode.TextMessage, 'Only binary messages are allowed here.');
    });
    if (this.#stream !== undefined) this.#readDirectly(this.#stream, handlers);
    if (this.#socket.readyState === WebSocket.CLOSED) {
      process.nextTick(() => handlers.closed(1006, ''));
      return;
    }
    this.#socket.on('close', (code, reason) => handlers.closed(code, reason.toString()));
    this.#socket.resume();
  }

  send(chunks: readonly Uint8Array[]): void {
    const size = sizeOf(chunks);
    if (size < JOIN_BELOW && this.#stream?.writableLength === 0) {
      // Without a callback: so few bytes are nothing that `drain` is waited for.
      if (this.#socket.readyState === WebSocket.OPEN) this.#stream.write(maskedMessage(chunks, size));
      return;
    }
    // The pieces of a message reach the kernel together.
    this.#stream?.cork();
    if (chunks.length === 1 || size < JOIN_BELOW) {
      this.#socket.send(joined(chunks, size), this.#written);
    } else {
      const last = chunks.length - 1;
      for (const [index, chunk] of chunks.entries()) {
        this.#socket.send(chunk, { binary: true, fin: index === last }, index === last ? this.#written : undefined);
      }
    }
    this.#stream?.uncork();
    if (this.bufferedBytes > LOW_WATER) this.#filled = true;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, closeReason(reason));
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Stands between the stream and the socket that listens to it, and takes the binary messages itself. */
  #readDirectly(stream: Socket, handlers: TransportHandlers): void {
    const [listener, ...others] = stream.listeners('data');
    if (listener === undefined || others.length > 0) return;
    const filter = new MessageFilter({
      payload: (bytes) => handlers.bytes(bytes),
      other: (bytes) => void listener.call(stream, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
      broken: (code, reason) => this.close(code, reason),
    });
    stream.off('data', listener as (chunk: Buffer) => void);
    stream.on('data', (chunk: Buffer) => filter.push(plain(chunk)));
    this.#reading?.deliver((bytes) => filter.push(bytes));
    // What a paused stream still holds as it closes would go past the filter.
    stream.prependListener('close', () => {
      const rest = stream.read() as Buffer | null;
      if (rest !== null) filter.push(plain(rest));
    });
  }

  /** An error here is followed by `close`. */
  readonly #written = (): void => {
    if (!this.#filled || this.bufferedBytes > LOW_WATER) return;
    this.#filled = false;
    this.#handlers?.drain();
  };
}

/** A message as plain bytes: what a program gets of it should not be a Buffer in Node only. */
function plain({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
