import type { WiremuxError } from '../errors.js';
import type { SlowPolicy } from '../message/slow.js';
import type { Clock } from '../transport/transport.js';
import { KeptValues } from './kept-values.js';
import { type AnswerConsumer, keepWithin, type ReadableRequest } from './reading.js';

/** Who observes values, as RxJS has it. */
export interface ValueObserver<T> {
  /** Nobody observes any more; asked before each value. */
  readonly closed: boolean;
  next(value: T): void;
  error(error: WiremuxError): void;
  complete(): void;
}

/** An observer that took longer over its last values than this may have others waiting in the transport, ms. */
const SLOW_AFTER = 1;

/**
 * Gives the values of a request to an observer: each counts as taken once its `next` has returned (SPEC 8.5.6). Where
 * values are dropped, one that was slow is given the next in a later turn: what came meanwhile is seen by then, and what is
 * too old dropped (SPEC 8.11.18).
 */
export class ObserverReader<T, R extends ReadableRequest> implements AnswerConsumer {
  readonly request: R;
  readonly #observer: ValueObserver<T>;
  readonly #clock: Pick<Clock, 'now' | 'defer'>;
  /** Values that wait; made for the first where values may be dropped. */
  #kept: KeptValues | undefined;
  /** Nothing is handed on before the next turn. */
  #resting = false;

  /**
   * @param attach gives the request that this is the reader of.
   */
  constructor(observer: ValueObserver<T>, clock: Pick<Clock, 'now' | 'defer'>, attach: (reader: AnswerConsumer) => R) {
    this.#observer = observer;
    this.#clock = clock;
    this.request = attach(this);
  }

  values(values: readonly unknown[], sizes: readonly number[]): void {
    const { slow } = this.request;
    if (slow !== undefined) {
      this.#keep(values, sizes, slow);
      return;
    }
    let taken = 0;
    for (let at = 0; at < values.length; at++) {
      if (this.#observer.closed) return;
      this.#observer.next(values[at] as T);
      taken += sizes[at] ?? 0;
    }
    this.request.taken(taken);
  }

  end(error: WiremuxError | undefined): void {
    if (this.#kept !== undefined) this.#handOn(this.#kept);
    if (error === undefined) this.#observer.complete();
    else this.#observer.error(error);
  }

  #keep(values: readonly unknown[], sizes: readonly number[], slow: SlowPolicy): void {
    this.#kept ??= new KeptValues();
    const kept = this.#kept;
    kept.add(values, sizes);
    if (keepWithin(kept, this.request, slow) && !this.#resting) this.#handOnTimed(kept);
  }

  #handOnTimed(kept: KeptValues): void {
    const began = this.#clock.now();
    this.#handOn(kept);
    if (this.#clock.now() - began < SLOW_AFTER) return;
    this.#resting = true;
    this.#clock.defer(() => {
      this.#resting = false;
      if (kept.count > 0) this.#handOnTimed(kept);
    });
  }

  #handOn(kept: KeptValues): void {
    while (kept.count > 0 && !this.#observer.closed) {
      const { size } = kept;
      this.#observer.next(kept.shift() as T);
      this.request.taken(size);
    }
  }
}
