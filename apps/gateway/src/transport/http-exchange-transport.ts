import type { IncomingMessage, ServerResponse } from 'node:http';
import { CloseCode, type Transport, type TransportHandlers } from '@wiremux/framing';
import { statusOfClose } from './close-status.js';
import { gather } from './gather.js';

/** What an {@link HttpExchangeTransport} sends along, and how long it waits. */
export interface HttpExchangeOptions {
  /** Of the frames it sends. */
  readonly mediaType: string;
  /** Headers of every answer, beside type and caching. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long the client may send nothing of a body that has not ended, while it is read, ms. */
  readonly uploadIdle: number;
  /** How long the client may take nothing of an answer that waits for it, ms. */
  readonly answerIdle: number;
}

/**
 * The server's end of one half-duplex exchange over HTTP (SPEC 7.6): the request's body is what comes in, the response's
 * body what goes out. The status is sent with the first frame, so that a refusal before it can still be a status.
 */
export class HttpExchangeTransport implements Transport {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: HttpExchangeOptions;
  #inputEnded = false;
  #paused = false;
  #corked = false;
  #closedWith: { readonly code: number; readonly reason: string } | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, options: HttpExchangeOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    // Without listeners errors end the process; 'close' follows every one of them and tells the rest.
    request.on('error', () => {});
    response.on('error', () => {});
  }

  start(handlers: TransportHandlers): void {
    this.#request.on('data', (chunk: Buffer) => {
      if (this.#closedWith !== undefined) return;
      this.#idle?.refresh();
      handlers.bytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
    });
    this.#request.on('end', () => {
      this.#inputEnded = true;
      this.#stopWaiting();
      if (this.#closedWith === undefined) handlers.ended?.();
    });
    this.#response.on('drain', () => handlers.drain());
    this.#response.on('close', () => {
      this.#stopWaiting();
      const { code, reason } = this.#closedWith ?? LOST;
      handlers.closed(code, reason);
    });
    this.#awaitInput();
  }

  send(chunks: readonly Uint8Array[]): void {
    if (this.#closedWith !== undefined || this.#response.destroyed) return;
    if (!this.#response.headersSent) this.#writeHead(200, this.#options.mediaType, {});
    this.#cork();
    for (const piece of gather(chunks)) this.#response.write(piece, this.#written);
    this.#awaitReader();
  }

  get bufferedBytes(): number {
    return this.#response.writableLength;
  }

  pause(): void {
    this.#paused = true;
    if (!this.#inputEnded) this.#stopWaiting();
    this.#request.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#request.resume();
    this.#awaitInput();
  }

  finish(): void {
    this.close(CloseCode.Normal, '');
  }

  close(code: number, reason: string): void {
    if (this.#closedWith !== undefined) return;
    this.#closedWith = { code, reason };
    const { headersSent } = this.#response;
    if (!headersSent) {
      this.#refuse(code, reason);
    } else if (code === CloseCode.Normal || code === CloseCode.Protocol) {
      // Node 22 puts the end of a corked response in front of what it holds.
      this.#uncork();
      this.#response.end();
    } else {
      // A body that is cut off is how the client learns that something is missing.
      this.#response.destroy();
    }
  }

  terminate(): void {
    this.#closedWith ??= LOST;
    this.#response.destroy();
  }

  #refuse(code: number, reason: string): void {
    const status = statusOfClose(code);
    if (status === 200) {
      this.#writeHead(200, this.#options.mediaType, {});
      this.#response.end();
      return;
    }
    const body = `${reason === '' ? 'The exchange was refused.' : reason}\n`;
    this.#writeHead(status, 'text/plain; charset=utf-8', status === 503 ? { 'Retry-After': '5' } : {});
    this.#response.end(body);
  }

  /** Whatever is left of a body that is not read to its end would be read as the next request. */
  #writeHead(status: number, type: string, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(status, {
      'Content-Type': type,
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      ...this.#options.headers,
      ...headers,
      ...(this.#inputEnded ? {} : { Connection: 'close' }),
    });
  }

  readonly #written = (): void => {
    if (this.#response.writableLength === 0) this.#stopWaiting();
    else this.#idle?.refresh();
  };

  #awaitInput(): void {
    if (this.#inputEnded || this.#paused || this.#closedWith !== undefined) return;
    this.#wait(this.#options.uploadIdle, 'The body of the request stopped coming.');
  }

  #awaitReader(): void {
    if (this.#inputEnded && this.#idle === undefined) {
      this.#wait(this.#options.answerIdle, 'The answer was not read.');
    }
  }

  #wait(ms: number, reason: string): void {
    this.#stopWaiting();
    this.#idle = setTimeout(() => {
      if (this.#closedWith === undefined) this.close(CloseCode.HandshakeTimeout, reason);
      else this.#response.destroy();
    }, ms).unref();
  }

  #stopWaiting(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
  }

  /** What is sent in one turn leaves in one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#response.cork();
    process.nextTick(() => this.#uncork());
  }

  #uncork(): void {
    if (!this.#corked) return;
    this.#corked = false;
    this.#response.uncork();
  }
}

const LOST = { code: 1006, reason: '' } as const;
