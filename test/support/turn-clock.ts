import type { Clock } from '@wiremux/framing';

/** A clock that stands still, and whose turns can be run from anywhere: also from inside what another turn runs. */
export class TurnClock implements Clock {
  readonly #deferred: (() => void)[] = [];

  now(): number {
    return 0;
  }

  timer(): () => void {
    return () => undefined;
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  /** Runs all that is deferred, and what that defers. Promises are left to settle by themselves. */
  run(): void {
    for (let next = this.#deferred.shift(); next !== undefined; next = this.#deferred.shift()) next();
  }

  /** The same, until promises have settled too. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 100; turn++) {
      this.run();
      await Promise.resolve();
    }
  }
}
