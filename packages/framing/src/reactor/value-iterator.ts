import type { WiremuxError } from '../errors.js';
import { KeptValues } from './kept-values.js';
import { type AnswerConsumer, keepWithin, type ReadableRequest } from './reading.js';

interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: WiremuxError) => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The values of a request, handed out as they are asked for: only then do they count as taken, so that the command waits
 * for its consumer (SPEC 8.5.6). What arrives ahead is bounded by the request's credit, and by what it says is kept (SPEC
 * 8.11.18). The first `next()` sends the request; `return()` cancels it.
 */
export class ValueIterator<T> implements AsyncIterableIterator<T, undefined>, AnswerConsumer {
  readonly #request: ReadableRequest;
  readonly #kept = new KeptValues();
  readonly #waiting: Waiting<T>[] = [];
  #started = false;
  #ended = false;
  #error: WiremuxError | undefined;

  /** @param attach gives the request that this is the reader of. */
  constructor(attach: (reader: AnswerConsumer) => ReadableRequest) {
    this.#request = attach(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#started && !this.#ended) {
      this.#started = true;
      this.#request.start();
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#kept.clear();
    this.#error = undefined;
    this.#ended = true;
    this.#request.leave();
    this.#serve();
    return Promise.resolve(DONE);
  }

  values(values: readonly unknown[], sizes: readonly number[]): void {
    this.#kept.add(values, sizes);
    const { slow } = this.#request;
    if (slow === undefined || keepWithin(this.#kept, this.#request, slow)) this.#serve();
  }

  end(error: WiremuxError | undefined): void {
    if (this.#request.stopping) this.#kept.clear();
    this.#ended = true;
    this.#error = error;
    this.#serve();
  }

  #serve(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#kept.count > 0) {
        const { size } = this.#kept;
        const value = this.#kept.shift() as T;
        this.#request.taken(size);
        first.resolve({ done: false, value });
      } else if (!this.#ended) {
        return;
      } else if (this.#error === undefined) {
        first.resolve(DONE);
      } else {
        first.reject(this.#error);
        this.#error = undefined;
      }
      this.#waiting.shift();
    }
  }
}
