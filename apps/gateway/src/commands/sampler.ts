import { defer, exhaustMap, finalize, type Observable, ReplaySubject, share, timer } from 'rxjs';

/** Takes one sample. */
export type Take<Sample> = () => Sample | Promise<Sample>;

/**
 * Samples periodically, once for all subscribers that ask for the same period: a thousand of them cost one reading.
 * Whoever joins later gets the newest sample at once.
 */
export class Sampler<Sample> {
  readonly #begin: () => Take<Sample>;
  readonly #running = new Map<number, Observable<Sample>>();

  /** @param begin makes what takes the samples of one period, so that it may remember the sample before */
  constructor(begin: () => Take<Sample>) {
    this.#begin = begin;
  }

  /** Samples, the first at once and then every `period` ms, until nobody is subscribed any more. */
  every(period: number): Observable<Sample> {
    const running = this.#running.get(period) ?? this.#start(period);
    this.#running.set(period, running);
    return running;
  }

  #start(period: number): Observable<Sample> {
    return defer(() => {
      const take = this.#begin();
      // A sample that takes longer than the period skips the ticks it misses.
      return timer(0, period).pipe(exhaustMap(async () => await take()));
    }).pipe(
      finalize(() => this.#running.delete(period)),
      share({ connector: () => new ReplaySubject<Sample>(1) }),
    );
  }
}

/**
 * The values of an Observable as a caller can take them: it is given the newest and its number, counted from 0; those
 * that came while it was not reading leave a gap in the numbers.
 */
export async function* newest<Value>(
  source: Observable<Value>,
  signal: AbortSignal,
): AsyncGenerator<{ readonly seq: number; readonly value: Value }, void, undefined> {
  let waiting: { readonly seq: number; readonly value: Value } | undefined;
  let seq = 0;
  let end: { readonly failure?: unknown } | undefined;
  let wake = () => {};
  const finish = (how: { readonly failure?: unknown }) => {
    end = how;
    wake();
  };
  const subscription = source.subscribe({
    next: (value) => {
      waiting = { seq, value };
      seq += 1;
      wake();
    },
    error: (failure: unknown) => finish({ failure }),
    complete: () => finish({}),
  });
  const stop = () => wake();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      if (waiting !== undefined) {
        const next = waiting;
        waiting = undefined;
        yield next;
      } else if (end === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if ('failure' in end) {
        throw end.failure;
      } else {
        return;
      }
    }
  } finally {
    subscription.unsubscribe();
    signal.removeEventListener('abort', stop);
  }
}
