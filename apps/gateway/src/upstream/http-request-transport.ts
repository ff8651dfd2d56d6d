import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CloseCode, type Transport, type TransportHandlers } from '@wiremux/framing';
import { gather } from '../transport/gather.js';

/** How long a connection may take to be made, ms. */
const CONNECT_TIMEOUT = 10_000;
/** The most of the body of a refusal that is told, bytes. */
const REFUSAL_BYTES = 512;

/**
 * The client's end of one half-duplex exchange over HTTP (SPEC 7.6): the request's body goes out, the response's body
 * comes in. The request is made with `start`.
 */
export class HttpRequestTransport implements Transport {
  readonly #url: URL;
  readonly #mediaType: string;
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #handlers: TransportHandlers | undefined;
  #paused = false;
  #closed = false;

  /** @param url `http:` or `https:`  @param mediaType of the dialect spoken */
  constructor(url: URL, mediaType: string) {
    this.#url = url;
    this.#mediaType = mediaType;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    const make = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = { 'Content-Type': this.#mediaType, Accept: this.#mediaType };
    const request = make(this.#url, { method: 'POST', headers, timeout: CONNECT_TIMEOUT });
    this.#request = request;
    request.on('timeout', () => request.destroy(new Error('no connection could be made in time')));
    request.on('socket', (socket) => {
      // From then on an exchange may be silent for as long as its command is.
      if (!socket.connecting) request.setTimeout(0);
      else socket.once('connect', () => request.setTimeout(0));
    });
    request.on('drain', () => handlers.drain());
    request.on('response', (response) => this.#receive(response, handlers));
    request.on('error', (error) => {
      // Of a request that was answered before its body was sent, the answer says more.
      if (this.#response === undefined) this.#end(LOST, error.message);
    });
  }

  send(chunks: readonly Uint8Array[]): void {
    const request = this.#request;
    if (this.#closed || request === undefined) return;
    request.cork();
    for (const piece of gather(chunks)) request.write(piece);
    process.nextTick(() => request.uncork());
  }

  get bufferedBytes(): number {
    return this.#request?.writableLength ?? 0;
  }

  finish(): void {
    this.#request?.end();
  }

  pause(): void {
    this.#paused = true;
    this.#response?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#response?.resume();
  }

  close(code: number, reason: string): void {
    this.#end(code, reason);
    this.#request?.destroy();
  }

  terminate(): void {
    this.close(LOST, '');
  }

  #receive(response: IncomingMessage, handlers: TransportHandlers): void {
    this.#response = response;
    const [type = ''] = (response.headers['content-type'] ?? '').split(';', 1);
    if (response.statusCode !== 200 || type.trim().toLowerCase() !== this.#mediaType) {
      void this.#refused(response);
      return;
    }
    response.on('error', (error) => this.#end(LOST, error.message));
    response.on('close', () => this.#end(LOST, 'the answer was cut off'));
    response.on('data', (chunk: Buffer) => {
      if (!this.#closed) handlers.bytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
    });
    response.on('end', () => {
      if (!this.#closed) handlers.ended?.();
      this.#end(CloseCode.Normal, '');
      if (this.#request?.writableFinished === false) this.#request.destroy();
    });
    if (this.#paused) response.pause();
  }

  async #refused(response: IncomingMessage): Promise<void> {
    let body = '';
    try {
      for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
        body += chunk;
        if (body.length >= REFUSAL_BYTES) break;
      }
    } catch {
      // What has come of the body will do.
    }
    const told = body.slice(0, REFUSAL_BYTES).replace(/[\s\p{Cc}]+/gu, ' ');
    this.close(LOST, `HTTP ${response.statusCode ?? ''} ${told}`.trim());
  }

  #end(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handlers?.closed(code, reason);
  }
}

/** Nobody closed it: it broke. */
const LOST = 1006;
