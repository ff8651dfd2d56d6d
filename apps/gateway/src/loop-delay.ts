import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the delay is measured, ms. */
const RESOLUTION = 20;
/** Readings closer together than this tell of the same span of time, so that readers do not take it from each other. */
const SHORTEST_SPAN = 1_000;

/** How late the event loop runs its timers: what everything else in the process waits for. */
export class LoopDelay {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  #spanBegan = Number.NEGATIVE_INFINITY;
  #last = 0;

  start(): void {
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
  }

  /** The 99th percentile since the reading before, ms. */
  read(now: number): number {
    if (now - this.#spanBegan >= SHORTEST_SPAN && this.#histogram.count > 0) {
      this.#spanBegan = now;
      // The histogram holds the time between two timers, not by how much it was too long.
      this.#last = Math.max(0, this.#histogram.percentile(99) / 1e6 - RESOLUTION);
      this.#histogram.reset();
    }
    return this.#last;
  }
}
