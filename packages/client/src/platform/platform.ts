import type { Clock } from '@wiremux/framing';
import type { Dial } from '../transport/dial.js';

/** What differs between Node and a browser; `#platform` is the one this program runs on. */
export interface Platform {
  readonly clock: Clock;
  readonly dial: Dial;
  /** What relative addresses are relative to; undefined where there is nothing. */
  readonly baseUrl: string | undefined;
  /** Calls back each time there is a network again, until its result is called. Never where that cannot be known. */
  readonly onOnline: (callback: () => void) => () => void;
  /** Keeps the process alive until its result is called: timers do not, and between two connections nothing else does. */
  readonly holdProcess: () => () => void;
}
