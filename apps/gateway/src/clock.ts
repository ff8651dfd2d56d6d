import type { Clock } from '@wiremux/framing';
import { AlarmHeap } from './alarm-heap.js';

let deferred: (() => void)[] = [];

const time: Pick<Clock, 'now' | 'timer'> = {
  now: () => performance.now(),
  timer: (ms, callback) => {
    const timeout = setTimeout(callback, ms).unref();
    return () => clearTimeout(timeout);
  },
};

/** Time and turns of Node's event loop. Its timers never keep the process alive. */
export const nodeClock: Clock = {
  ...time,
  alarms: new AlarmHeap(time),
  // One immediate for all that is deferred in a turn: an update wakes thousands of connections at once.
  defer: (callback) => {
    if (deferred.push(callback) === 1) setImmediate(runDeferred);
  },
};

/** What one of them throws is thrown in a turn of its own: the others are run. */
function runDeferred(): void {
  const due = deferred;
  deferred = [];
  for (const callback of due) {
    try {
      callback();
    } catch (thrown) {
      setImmediate(() => {
        throw thrown;
      });
    }
  }
}
