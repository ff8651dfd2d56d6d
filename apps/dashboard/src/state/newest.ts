import { asyncScheduler, Observable, type SchedulerLike, type Subscription } from 'rxjs';

/** Values that came together. */
export interface Batch<T> {
  /** How many came. */
  readonly count: number;
  /** The newest of them, oldest first. */
  readonly newest: readonly T[];
}

/**
 * Gathers values for `period` ms from the first on and passes on the newest `keep` of them, so that a source of any
 * speed costs its watcher the same. What has been gathered goes out ahead of the end or error.
 */
export function newest<T>(
  source: Observable<T>,
  keep: number,
  period: number,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<Batch<T>> {
  return new Observable((subscriber) => {
    let count = 0;
    let held: T[] = [];
    let timer: Subscription | undefined;
    const flush = (): void => {
      timer?.unsubscribe();
      timer = undefined;
      if (count === 0) return;
      const batch = { count, newest: held.slice(-keep) };
      count = 0;
      held = [];
      subscriber.next(batch);
    };
    subscriber.add(() => timer?.unsubscribe());
    subscriber.add(
      source.subscribe({
        next: (value) => {
          count++;
          held.push(value);
          if (held.length >= 2 * keep) held = held.slice(-keep);
          timer ??= scheduler.schedule(flush, period);
        },
        error: (error: unknown) => {
          flush();
          subscriber.error(error);
        },
        complete: () => {
          flush();
          subscriber.complete();
        },
      }),
    );
  });
}
