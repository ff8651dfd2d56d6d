import type { Sleeper } from '@wiremux/framing';
import { VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { AlarmHeap } from '../src/alarm-heap.js';

class Somebody implements Sleeper {
  alarmAt: number = Number.POSITIVE_INFINITY;
  alarmPlace = -1;
  readonly woken: number[] = [];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  onAlarm(): void {
    this.woken.push(this.#clock.now());
  }
}

function alarms() {
  const clock = new VirtualClock();
  return { clock, heap: new AlarmHeap(clock), somebody: () => new Somebody(clock) };
}

/** Numbers below `below` that look random, the same each time. */
function* numbers(below: number): Generator<number, never> {
  for (let state = 1; ; state = (state * 48_271) % 2_147_483_647) yield state % below;
}

describe('alarms', () => {
  it('wake each at its time, whatever was set, moved and cleared before', async () => {
    const { clock, heap, somebody } = alarms();
    const random = numbers(1_000);
    const all = Array.from({ length: 200 }, somebody);
    const wanted = new Map<Somebody, number>();
    for (let step = 0; step < 3_000; step++) {
      const one = all[random.next().value % all.length] as Somebody;
      const at = random.next().value;
      if (at % 5 === 0) {
        heap.clear(one);
        wanted.delete(one);
      } else {
        heap.set(one, at);
        wanted.set(one, at);
      }
    }
    await clock.advance(1_000);
    for (const one of all) expect(one.woken).toEqual(wanted.has(one) ? [wanted.get(one)] : []);
    expect(wanted.size).toBeGreaterThan(100);
  });

  it('can be set again when they are over', async () => {
    const { clock, heap, somebody } = alarms();
    const one = somebody();
    heap.set(one, 10);
    await clock.advance(10);
    expect(one.alarmAt).toBe(Number.POSITIVE_INFINITY);
    heap.set(one, 15);
    await clock.advance(10);
    expect(one.woken).toEqual([10, 15]);
  });

  it('give the process back where one wants to be woken at once again and again', () => {
    const timers: (() => void)[] = [];
    const timer = (_: number, callback: () => void) => {
      timers.push(callback);
      return () => undefined;
    };
    const heap = new AlarmHeap({ now: () => 10, timer });
    let woken = 0;
    const restless: Sleeper = {
      alarmAt: Number.POSITIVE_INFINITY,
      alarmPlace: -1,
      onAlarm: () => {
        // Past this it would go on for ever.
        if (++woken < 100) heap.set(restless, 10);
      },
    };
    heap.set(restless, 10);
    for (let turn = 1; turn <= 3; turn++) {
      (timers.shift() as () => void)();
      expect([woken, timers.length]).toEqual([turn, 1]);
    }
  });

  it('wake the others, too, where one throws', async () => {
    const { clock, heap, somebody } = alarms();
    const [broken, other] = [somebody(), somebody()];
    broken.onAlarm = () => {
      throw new Error('broken');
    };
    heap.set(broken, 10);
    heap.set(other, 10);
    await expect(clock.advance(10)).rejects.toThrow('broken');
    await clock.advance(0);
    expect(other.woken).toEqual([10]);
  });
});
