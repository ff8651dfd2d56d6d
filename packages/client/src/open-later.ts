import type { Clock } from '@wiremux/framing';
import type { Backoff } from './backoff.js';
import type { Line, OpenLine } from './line.js';

/** A line that is wanted beside the one in use, and when to try it. */
export interface WantedLine {
  readonly open: OpenLine;
  /** Time before the first attempt, ms. */
  readonly firstWait: number;
  /** Times between attempts. */
  readonly backoff: Backoff;
  readonly clock: Clock;
}

/**
 * Opens another line while one is in use: tries, after longer and longer waits, until there is one.
 * @param use takes the line, once.
 * @returns what ends the tries.
 */
export function openLater({ open, firstWait, backoff, clock }: WantedLine, use: (line: Line) => void): () => void {
  let abort = new AbortController();
  let stopTimer: (() => void) | undefined;
  const wait = (ms: number): void => {
    stopTimer = clock.timer(ms, () => void attempt());
  };
  const attempt = async (): Promise<void> => {
    abort = new AbortController();
    const { signal } = abort;
    const opened = await open(signal);
    if (signal.aborted) return;
    if ('reconnect' in opened) {
      wait(backoff.next());
    } else {
      backoff.reset();
      use(opened);
    }
  };
  wait(firstWait);
  return () => {
    stopTimer?.();
    abort.abort();
  };
}
