import type { Clock } from '@wiremux/framing';
import { nodeDial } from '../transport/node.js';
import type { Platform } from './platform.js';

/** The longest delay `setTimeout` takes, ms; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

const clock: Clock = {
  now: () => performance.now(),
  timer(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, LONGEST_TIMER));
    timer.unref();
    return () => clearTimeout(timer);
  },
  defer: (callback) => void setImmediate(callback),
};

export const platform: Platform = {
  clock,
  dial: nodeDial,
  baseUrl: undefined,
  onOnline: () => () => undefined,
  holdProcess() {
    const hold = setInterval(() => undefined, LONGEST_TIMER);
    return () => clearInterval(hold);
  },
};
