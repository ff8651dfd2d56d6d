import type { WiremuxError } from '@wiremux/framing';
import type { Observer } from 'rxjs';
import type { Run, RunReader } from './run.js';

/** Gives the values of a run to an observer: each counts as taken once its `next` has returned (SPEC 8.5.6). */
export class ObserverReader<T> implements RunReader {
  readonly run: Run;
  readonly #observer: Observer<T>;
  readonly #isWanted: () => boolean;

  /**
   * @param isWanted whether anybody still observes; asked before each value.
   * @param attach gives the run that this is the reader of.
   */
  constructor(observer: Observer<T>, isWanted: () => boolean, attach: (reader: RunReader) => Run) {
    this.#observer = observer;
    this.#isWanted = isWanted;
    this.run = attach(this);
  }

  values(values: readonly unknown[], sizes: readonly number[]): void {
    let taken = 0;
    for (let at = 0; at < values.length; at++) {
      if (!this.#isWanted()) return;
      this.#observer.next(values[at] as T);
      taken += sizes[at] ?? 0;
    }
    this.run.taken(taken);
  }

  end(error: WiremuxError | undefined): void {
    if (error === undefined) this.#observer.complete();
    else this.#observer.error(error);
  }
}
