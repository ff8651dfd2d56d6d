import type { Alarms, Clock, Sleeper } from './transport.js';

/** The alarm of one who shares none with others: a timer of its own. */
export class OwnAlarm implements Alarms {
  readonly #clock: Clock;
  #stopTimer: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(sleeper: Sleeper, at: number): void {
    this.clear(sleeper);
    sleeper.alarmAt = at;
    this.#stopTimer = this.#clock.timer(Math.max(0, at - this.#clock.now()), () => {
      sleeper.alarmAt = Number.POSITIVE_INFINITY;
      sleeper.onAlarm();
    });
  }

  clear(sleeper: Sleeper): void {
    this.#stopTimer?.();
    sleeper.alarmAt = Number.POSITIVE_INFINITY;
  }
}
