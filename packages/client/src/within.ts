import type { Clock } from '@wiremux/framing';

/** How long something may take, and what ends it sooner. */
export interface Bounds {
  /** ms. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Does `work` until the time is over or the signal aborts: its own signal, which aborts then, tells it to give up. */
export async function within<T>(bounds: Bounds, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { timeout, clock, signal } = bounds;
  signal.throwIfAborted();
  const abort = new AbortController();
  const gaveUp = new Promise<never>((_, reject) => {
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason as Error));
  });
  const onAbort = (): void => abort.abort(signal.reason);
  signal.addEventListener('abort', onAbort);
  const stopTimer = clock.timer(timeout, () => abort.abort(new Error(`it did not answer within ${timeout} ms.`)));
  try {
    return await Promise.race([work(abort.signal), gaveUp]);
  } finally {
    stopTimer();
    signal.removeEventListener('abort', onAbort);
  }
}
