import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TransportHandlers } from '@wiremux/framing';
import { firstError, readRefusal } from '../node-http.js';
import { bringsFrames, type OpenPost, type Post, type PostFailure, type PostTarget } from './post.js';

/** Posts with `node:http`: a body goes out as it comes, and an answer is read as fast as it is taken. */
export const openPost: OpenPost = (target) => new NodePost(target);

class NodePost implements Post {
  readonly #mediaType: string;
  readonly #request: ClientRequest;
  #handlers: TransportHandlers | undefined;
  #response: IncomingMessage | undefined;
  #paused = false;
  #failure: PostFailure | undefined;
  /** How this side, or the end of the answer, closes it. */
  #end: { readonly code: number; readonly reason: string } | undefined;

  constructor({ url, mediaType }: PostTarget) {
    this.#mediaType = mediaType;
    const open = url.startsWith('https:') ? httpsRequest : httpRequest;
    this.#request = open(url, { method: 'POST', headers: { 'Content-Type': mediaType, Accept: mediaType } });
    this.#request.on('response', (response) => this.#answered(response));
    this.#request.on('drain', () => this.#handlers?.drain());
    this.#request.on('error', (error) => this.#broke(error));
    // An answer may still be read when its request has closed.
    this.#request.on('close', () => {
      if (this.#response === undefined) this.#closed();
    });
  }

  get failure(): PostFailure | undefined {
    return this.#failure;
  }

  get bufferedBytes(): number {
    return this.#request.writableLength;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
  }

  send(chunks: readonly Uint8Array[]): void {
    this.#request.cork();
    for (const chunk of chunks) this.#request.write(chunk);
    this.#request.uncork();
  }

  finish(): void {
    this.#request.end();
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
    this.#end ??= { code, reason };
    this.#request.destroy();
  }

  terminate(): void {
    this.close(1006, '');
  }

  #answered(response: IncomingMessage): void {
    this.#response = response;
    response.on('error', (error) => this.#broke(error));
    if (!bringsFrames(response.statusCode, response.headers['content-type'], this.#mediaType)) {
      void this.#refused(response);
      return;
    }
    response.on('data', ({ buffer, byteOffset, byteLength }: Buffer) => {
      this.#handlers?.bytes(new Uint8Array(buffer, byteOffset, byteLength));
    });
    response.on('end', () => this.#ended());
    response.on('close', () => this.#closed());
    if (this.#paused) response.pause();
  }

  #ended(): void {
    this.#end ??= { code: 1000, reason: '' };
    this.#handlers?.ended?.();
    // An answer that ends before its question leaves a connection that nothing else can use.
    if (!this.#request.writableEnded) this.#request.destroy();
  }

  async #refused(response: IncomingMessage): Promise<void> {
    const detail = await readRefusal(response);
    this.#failure ??= { kind: 'refused', status: response.statusCode ?? 0, detail };
    this.#request.destroy();
    this.#closed();
  }

  #broke(error: Error): void {
    if (this.#end !== undefined) return;
    this.#failure ??= { kind: 'broken', answered: this.#response !== undefined, detail: firstError(error).message };
  }

  #closed(): void {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    const { code, reason } = this.#end ?? { code: 1006, reason: '' };
    handlers?.closed(code, reason);
  }
}
