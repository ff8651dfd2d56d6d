import type { Alarms, Clock, Sleeper } from '@wiremux/framing';

/** Alarms with one timer for the first of them: those of thousands of connections at rest are a place in a list each. */
export class AlarmHeap implements Alarms {
  readonly #clock: Pick<Clock, 'now' | 'timer'>;
  /** A heap: none is due before the one at half its place. */
  readonly #sleepers: Sleeper[] = [];
  #stopTimer: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(clock: Pick<Clock, 'now' | 'timer'>) {
    this.#clock = clock;
  }

  set(sleeper: Sleeper, at: number): void {
    const place = sleeper.alarmPlace < 0 ? this.#sleepers.length : sleeper.alarmPlace;
    const later = at > sleeper.alarmAt;
    sleeper.alarmAt = at;
    if (later) this.#sink(sleeper, place);
    else this.#rise(sleeper, place);
    this.#arm();
  }

  clear(sleeper: Sleeper): void {
    const place = sleeper.alarmPlace;
    if (place < 0) return;
    sleeper.alarmPlace = -1;
    sleeper.alarmAt = Number.POSITIVE_INFINITY;
    const last = this.#sleepers.pop() as Sleeper;
    if (last === sleeper) return;
    this.#rise(last, place);
    this.#sink(last, last.alarmPlace);
  }

  /**
   * What one of them throws holds up nobody: the others that are due have the timer's next turn. So have those that want to
   * be woken again at once: the process is not theirs alone.
   */
  #ring(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    try {
      for (let left = this.#sleepers.length; left > 0; left--) {
        const first = this.#sleepers[0];
        if (first === undefined || first.alarmAt > now) break;
        this.clear(first);
        first.onAlarm();
      }
    } finally {
      this.#arm();
    }
  }

  /** A timer that comes too early is left as it is: that costs one vain look. */
  #arm(): void {
    const at = this.#sleepers[0]?.alarmAt ?? Number.POSITIVE_INFINITY;
    if (at >= this.#timerAt) return;
    this.#stopTimer?.();
    this.#timerAt = at;
    this.#stopTimer = this.#clock.timer(Math.max(0, at - this.#clock.now()), () => this.#ring());
  }

  /** Puts it there, or before those who come later. */
  #rise(sleeper: Sleeper, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = this.#sleepers[(place - 1) >> 1] as Sleeper;
      if (parent.alarmAt <= sleeper.alarmAt) break;
      this.#put(parent, place);
      place = (place - 1) >> 1;
    }
    this.#put(sleeper, place);
  }

  /** Puts it there, or behind those who come sooner. */
  #sink(sleeper: Sleeper, from: number): void {
    let place = from;
    for (let child = this.#firstChild(place); child !== undefined; child = this.#firstChild(place)) {
      if (child.alarmAt >= sleeper.alarmAt) break;
      const { alarmPlace } = child;
      this.#put(child, place);
      place = alarmPlace;
    }
    this.#put(sleeper, place);
  }

  /** The one of those below this place that is due first. */
  #firstChild(place: number): Sleeper | undefined {
    const left = this.#sleepers[2 * place + 1];
    const right = this.#sleepers[2 * place + 2];
    return left !== undefined && right !== undefined && right.alarmAt < left.alarmAt ? right : left;
  }

  #put(sleeper: Sleeper, place: number): void {
    this.#sleepers[place] = sleeper;
    sleeper.alarmPlace = place;
  }
}
