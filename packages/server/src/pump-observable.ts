import { type Observable, Subject, takeUntil } from 'rxjs';
import type { AnswerSink, Failure, Pump } from './pump.js';

/** Passes on what an Observable emits. It cannot be slowed, so it runs into the sink's bound if nobody reads. */
export class ObservablePump implements Pump {
  readonly #source: Observable<unknown>;
  readonly #sink: AnswerSink;
  /** A subject, since there is no subscription yet while an Observable emits from within `subscribe`. */
  readonly #unsubscribe = new Subject<void>();
  #stopped = false;
  #finished = false;

  constructor(source: Observable<unknown>, sink: AnswerSink) {
    this.#source = source;
    this.#sink = sink;
  }

  start(): void {
    this.#source.pipe(takeUntil(this.#unsubscribe)).subscribe({
      next: (value) => void this.#sink.value(value),
      error: (thrown: unknown) => this.#finish({ thrown }),
      complete: () => {
        // When stopped, this comes before the source is unsubscribed.
        if (!this.#stopped) this.#finish();
      },
    });
  }

  /** An Observable does not wait, so nothing is to be resumed. */
  writable(): void {}

  stop(): void {
    if (this.#stopped || this.#finished) return;
    this.#stopped = true;
    this.#unsubscribe.next();
    this.#finish();
  }

  #finish(failure?: Failure): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#sink.finished(failure);
  }
}
