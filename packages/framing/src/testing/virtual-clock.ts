import type { Clock } from '../transport/transport.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that moves only when told to: for tests without sleeping. */
export class VirtualClock implements Clock {
  #now = 0;
  #timers: Timer[] = [];
  #deferred: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  timer(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  /** Ends the turn, again and again until nothing is deferred and all promises have settled. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      await Promise.resolve();
      quiet = this.#deferred.length === 0 ? quiet + 1 : 0;
      // Taken one by one: what a callback throws must not lose those behind it.
      for (let left = this.#deferred.length; left > 0; left--) this.#deferred.shift()?.();
    }
  }

  /** Moves time on, firing each timer at its time, and settles after each. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.settle();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await this.settle();
    }
    this.#now = until;
    await this.settle();
  }
}

/** Chains of promises are shorter than this. */
const QUIET_TURNS = 32;
