import { type Observable, type Observer, Subscription } from 'rxjs';
import type { AnswerSink, Failure, Pump } from './pump.js';

/**
 * Passes on what an Observable emits. It cannot be slowed, so it runs into the sink's bound if nobody reads.
 *
 * It is observer and subscription in one, which RxJS takes for the subscriber itself: one that is stopped from within
 * `subscribe` has no other subscription yet, and an update that goes to thousands passes fewer objects. It is what
 * Observables of other libraries are given, too: some call a method `start` of their observers, so that it may have none.
 */
export class ObservablePump extends Subscription implements Observer<unknown>, Pump {
  readonly #source: Observable<unknown>;
  readonly #sink: AnswerSink;
  #finished = false;

  constructor(source: Observable<unknown>, sink: AnswerSink) {
    super();
    this.#source = source;
    this.#sink = sink;
  }

  begin(): void {
    this.add(this.#source.subscribe(this));
  }

  /** An Observable does not wait, so nothing is to be resumed. */
  writable(): void {}

  stop(): void {
    if (this.#finished) return;
    let failure: Failure | undefined;
    try {
      this.unsubscribe();
    } catch (thrown) {
      failure = { thrown };
    }
    this.#finish(failure);
  }

  next(value: unknown): void {
    if (!this.closed) this.#sink.value(value, true);
  }

  error(thrown: unknown): void {
    if (this.closed) return;
    this.#finish({ thrown });
    this.unsubscribe();
  }

  complete(): void {
    if (this.closed) return;
    this.#finish();
    this.unsubscribe();
  }

  #finish(failure?: Failure): void {
    this.#finished = true;
    this.#sink.finished(failure);
  }
}
