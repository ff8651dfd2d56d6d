import type { WiremuxError } from '../errors.js';
import type { AnswerConsumer, ReadableRequest } from './reading.js';

interface Batch {
  readonly values: readonly unknown[];
  readonly sizes: readonly number[];
  next: number;
}

interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: WiremuxError) => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The values of a request, handed out as they are asked for: only then do they count as taken, so that the command waits
 * for its consumer (SPEC 8.5.6). What arrives ahead is bounded by the request's credit. The first `next()` sends the
 * request; `return()` cancels it.
 */
export class ValueIterator<T> implements AsyncIterableIterator<T, undefined>, AnswerConsumer {
  readonly #request: ReadableRequest;
  readonly #batches: Batch[] = [];
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
    this.#batches.length = 0;
    this.#error = undefined;
    this.#ended = true;
    this.#request.leave();
    this.#serve();
    return Promise.resolve(DONE);
  }

  values(values: readonly unknown[], sizes: readonly number[]): void {
    this.#batches.push({ values, sizes, next: 0 });
    this.#serve();
  }

  end(error: WiremuxError | undefined): void {
    if (this.#request.stopping) this.#batches.length = 0;
    this.#ended = true;
    this.#error = error;
    this.#serve();
  }

  #serve(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const batch = this.#batches[0];
      if (batch !== undefined) {
        const at = batch.next++;
        if (batch.next === batch.values.length) this.#batches.shift();
        this.#request.taken(batch.sizes[at] ?? 0);
        first.resolve({ done: false, value: batch.values[at] as T });
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
