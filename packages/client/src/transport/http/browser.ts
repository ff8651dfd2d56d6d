import type { TransportHandlers } from '@wiremux/framing';
import { readRefusal } from './fetch-refusal.js';
import { bringsFrames, type OpenPost, type Post, type PostFailure, type PostTarget } from './post.js';

/** Posts with `fetch`. Browsers take a body whole (streamed ones over HTTP/2 only), so it is kept until then. */
export const openPost: OpenPost = (target) => new BrowserPost(target);

class BrowserPost implements Post {
  readonly bufferedBytes = 0;
  readonly #target: PostTarget;
  readonly #abort = new AbortController();
  #body: Uint8Array[] = [];
  #size = 0;
  #handlers: TransportHandlers | undefined;
  #answered = false;
  #resumed: Promise<void> | undefined;
  #resume: () => void = () => undefined;
  #failure: PostFailure | undefined;

  constructor(target: PostTarget) {
    this.#target = target;
  }

  get failure(): PostFailure | undefined {
    return this.#failure;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
  }

  send(chunks: readonly Uint8Array[]): void {
    const { maxBody } = this.#target;
    for (const chunk of chunks) {
      this.#body.push(chunk);
      this.#size += chunk.length;
    }
    if (this.#size <= maxBody) return;
    this.#failure ??= {
      kind: 'too-big',
      detail: `Over HTTP a browser sends a request whole, and this one is over ${maxBody} bytes. Send less at once, or raise \`maxBody\`.`,
    };
    this.terminate();
  }

  finish(): void {
    void this.#exchange();
  }

  pause(): void {
    this.#resumed ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume();
    this.#resumed = undefined;
  }

  close(code: number, reason: string): void {
    this.#abort.abort();
    queueMicrotask(() => this.#closed(code, reason));
    this.#resume();
  }

  terminate(): void {
    this.close(1006, '');
  }

  async #exchange(): Promise<void> {
    try {
      const response = await this.#fetch();
      const type = response.headers.get('content-type');
      if (bringsFrames(response.status, type, this.#target.mediaType)) {
        this.#answered = true;
        await this.#read(response.body?.getReader());
        this.#handlers?.ended?.();
        this.#closed(1000, '');
        return;
      }
      this.#failure ??= { kind: 'refused', status: response.status, detail: await readRefusal(response) };
    } catch (error) {
      // What `close` does to the exchange is no failure.
      if (!this.#abort.signal.aborted) {
        this.#failure = { kind: 'broken', answered: this.#answered, detail: (error as Error).message };
      }
    }
    this.#closed(1006, '');
  }

  #fetch(): Promise<Response> {
    const { url, mediaType } = this.#target;
    // The DOM's types want bytes that are not shared between threads; ours never are.
    const body = new Blob(this.#body as Uint8Array<ArrayBuffer>[]);
    this.#body = [];
    return fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': mediaType, Accept: mediaType },
      body,
      signal: this.#abort.signal,
      cache: 'no-store',
      redirect: 'manual',
    });
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
    while (reader !== undefined && !this.#abort.signal.aborted) {
      const { done, value } = await reader.read();
      await this.#resumed;
      if (done) return;
      this.#handlers?.bytes(value);
    }
  }

  #closed(code: number, reason: string): void {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    handlers?.closed(code, reason);
  }
}
