import type { Clock } from '@wiremux/framing';
import { platform } from '#platform';
import type { Backoff } from './backoff.js';
import type { LineSession, Loss } from './line.js';

/** How a session is got back. */
export interface ResumptionPlan {
  /** Of this session alone. */
  readonly backoff: Backoff;
  /** A new token can be had. */
  readonly renewsToken: boolean;
  readonly clock: Clock;
  readonly holdProcess: () => () => void;
}

/** Is told how far it is. */
export interface ResumptionProgress {
  /** The next attempt comes in `retryIn` ms; undefined: it is under way. */
  trying(attempt: number, retryIn: number | undefined, loss: Loss): void;
  /** Requests flow again. */
  done(): void;
}

/**
 * Tries to get a session back that has lost its transport, after longer and longer waits, for as long as the gateway keeps
 * it; then ends it. The result ends the tries, and nothing else.
 */
export function resumeSession(
  session: LineSession,
  first: Loss,
  { backoff, renewsToken, clock, holdProcess }: ResumptionPlan,
  progress: ResumptionProgress,
): () => void {
  const until = clock.now() + session.ttl;
  const letGo = holdProcess();
  let stopWaiting: (() => void) | undefined;
  let abort: AbortController | undefined;
  const stop = (): void => {
    letGo();
    stopWaiting?.();
    abort?.abort();
  };

  const attempt = async (loss: Loss): Promise<void> => {
    stopWaiting?.();
    abort = new AbortController();
    const { signal } = abort;
    progress.trying(backoff.failures, undefined, loss);
    const failure = await session.resume(signal);
    if (signal.aborted) return;
    if (failure !== undefined) {
      next(failure);
      return;
    }
    backoff.reset();
    stop();
    progress.done();
  };

  const next = (loss: Loss): void => {
    const isOffered = loss.reconnect === 'new-token' ? renewsToken : loss.reconnect;
    if (!isOffered || clock.now() >= until) {
      stop();
      session.end(loss);
      return;
    }
    const retryIn = backoff.next();
    progress.trying(backoff.failures, retryIn, loss);
    const stopTimer = clock.timer(retryIn, () => void attempt(loss));
    const stopListening = platform.onOnline(() => void attempt(loss));
    stopWaiting = () => {
      stopTimer();
      stopListening();
    };
  };

  next(first);
  return stop;
}
