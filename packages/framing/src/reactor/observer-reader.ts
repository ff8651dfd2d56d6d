import type { WiremuxError } from '../errors.js';
import type { AnswerConsumer, ReadableRequest } from './reading.js';

/** Who observes values, as RxJS has it. */
export interface ValueObserver<T> {
  next(value: T): void;
  error(error: WiremuxError): void;
  complete(): void;
}

/** Gives the values of a request to an observer: each counts as taken once its `next` has returned (SPEC 8.5.6). */
export class ObserverReader<T, R extends ReadableRequest> implements AnswerConsumer {
  readonly request: R;
  readonly #observer: ValueObserver<T>;
  readonly #isWanted: () => boolean;

  /**
   * @param isWanted whether anybody still observes; asked before each value.
   * @param attach gives the request that this is the reader of.
   */
  constructor(observer: ValueObserver<T>, isWanted: () => boolean, attach: (reader: AnswerConsumer) => R) {
    this.#observer = observer;
    this.#isWanted = isWanted;
    this.request = attach(this);
  }

  values(values: readonly unknown[], sizes: readonly number[]): void {
    let taken = 0;
    for (let at = 0; at < values.length; at++) {
      if (!this.#isWanted()) return;
      this.#observer.next(values[at] as T);
      taken += sizes[at] ?? 0;
    }
    this.request.taken(taken);
  }

  end(error: WiremuxError | undefined): void {
    if (error === undefined) this.#observer.complete();
    else this.#observer.error(error);
  }
}
