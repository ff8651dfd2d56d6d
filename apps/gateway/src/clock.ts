import type { Clock } from '@wiremux/framing';

/** Time and turns of Node's event loop. Its timers never keep the process alive. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  timer: (ms, callback) => {
    const timeout = setTimeout(callback, ms).unref();
    return () => clearTimeout(timeout);
  },
  defer: (callback) => {
    setImmediate(callback);
  },
};
