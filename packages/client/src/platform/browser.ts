import type { Clock } from '@wiremux/framing';
import { browserDial } from '../transport/browser.js';
import type { Platform } from './platform.js';

/** The longest delay `setTimeout` takes, ms; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

const deferred: (() => void)[] = [];
let wake: MessagePort | undefined;

/** One callback a message: one that throws must not lose those behind it. */
function runDeferred(): void {
  deferred.shift()?.();
}

const clock: Clock = {
  now: () => performance.now(),
  timer(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
  // A timer of 0 ms waits 4 ms when nested, and longer in a hidden tab; a message does not.
  defer(callback) {
    if (wake === undefined) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = runDeferred;
      wake = port2;
    }
    deferred.push(callback);
    wake.postMessage(null);
  },
};

export const platform: Platform = {
  clock,
  dial: browserDial(clock),
  get baseUrl() {
    return globalThis.location?.href;
  },
  onOnline(callback) {
    globalThis.addEventListener?.('online', callback);
    return () => globalThis.removeEventListener?.('online', callback);
  },
  holdProcess: () => () => undefined,
};
