import type { Clock } from '@wiremux/framing';
import type { Backoff } from './backoff.js';
import { isLoss, type Line, type OpenLine } from './line.js';

/** A better kind of line, and when to try it. */
export interface Upgrade {
  readonly open: OpenLine;
  readonly backoff: Backoff;
  readonly clock: Clock;
}

/**
 * Tries a better kind of line while another is in use, after longer and longer waits, until there is one.
 * @param use takes the line, once.
 * @returns what ends the tries.
 */
export function upgradeLater({ open, backoff, clock }: Upgrade, use: (line: Line) => void): () => void {
  let abort = new AbortController();
  let stopTimer: (() => void) | undefined;
  const wait = (): void => {
    stopTimer = clock.timer(backoff.next(), () => void attempt());
  };
  const attempt = async (): Promise<void> => {
    abort = new AbortController();
    const { signal } = abort;
    const opened = await open(signal);
    if (signal.aborted) return;
    if (isLoss(opened)) {
      wait();
    } else {
      backoff.reset();
      use(opened);
    }
  };
  wait();
  return () => {
    stopTimer?.();
    abort.abort();
  };
}
