import type { Clock } from '@wiremux/framing';

/** The clock of this process, whose timers do not keep it alive. */
export const clock: Clock = {
  now: () => performance.now(),
  timer: (ms, callback) => {
    const timeout = setTimeout(callback, ms).unref();
    return () => clearTimeout(timeout);
  },
  defer: (callback) => {
    setImmediate(callback);
  },
};
