import { type Clock, ObserverReader, type ValueObserver, WiremuxError } from '@wiremux/framing';
import { Subject, type Subscriber, type TeardownLogic } from 'rxjs';
import type { Run } from './run.js';
import type { RunReader } from './run-context.js';

/** Gives the values of one run to any number of subscribers: the first starts it, the last one leaving cancels it. */
export class SharedValues<T> {
  readonly #values = new Subject<T>();
  readonly #run: Run;

  /** @param attach gives the run whose values they are. */
  constructor(clock: Clock, attach: (reader: RunReader) => Run) {
    const values = this.#values;
    const observer: ValueObserver<T> = {
      next: (value) => values.next(value),
      error: (error) => values.error(error),
      complete: () => values.complete(),
      get closed() {
        return !values.observed;
      },
    };
    this.#run = new ObserverReader(observer, clock, attach).request;
  }

  subscribe(subscriber: Subscriber<T>): TeardownLogic {
    const subscription = this.#values.subscribe(subscriber);
    if (this.#run.state.state === 'idle') this.#run.start();
    return () => {
      subscription.unsubscribe();
      if (this.#values.observed) return;
      this.#run.leave();
      this.#values.error(new WiremuxError('aborted', 'This request was cancelled when its last subscriber left.'));
    };
  }
}
