import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiveWindow } from '../../src/flow/receive-window.js';

/** Bytes arrive as whole values. */
function arrive(window: ReceiveWindow, bytes: number): boolean {
  const granted = window.receive(bytes);
  window.deliver(bytes, 0);
  return granted;
}

describe('SPEC 8.5 the window of a receiver', () => {
  it('SPEC 8.5.5 takes what was granted, and not one byte more', () => {
    const window = new ReceiveWindow(1_024, 1_024);
    expect(window.receive(1_000)).toBe(true);
    expect(window.receive(24)).toBe(true);
    expect(window.receive(1)).toBe(false);
    window.grant(1);
    expect(window.receive(0)).toBe(true);
  });

  it('SPEC 8.5.7 grants when a quarter was taken, and not before', () => {
    const window = new ReceiveWindow(1_000, 1_000);
    arrive(window, 800);
    expect(window.due).toBe(0);
    window.take(249);
    expect(window.due).toBe(0);
    window.take(1);
    expect(window.due).toBe(250);
    window.grant(250);
    expect(window.due).toBe(0);
  });

  it('SPEC 8.5.7 grants a slow consumer no more than it took', () => {
    const window = new ReceiveWindow(1_000, 8_000);
    arrive(window, 1_000);
    window.take(999);
    expect(window.due).toBe(999);
  });

  it('SPEC 8.5.7 raises the window of a consumer that has taken all that came, and only then', () => {
    const window = new ReceiveWindow(1_000, 8_000);
    expect(window.due).toBe(0);
    arrive(window, 400);
    window.take(400);
    expect(window.due).toBe(7_400);
    window.grant(7_400);
    expect(window.claim).toBe(8_000);
    arrive(window, 8_000);
    window.take(1_999);
    expect(window.due).toBe(0);
    window.take(1);
    expect(window.due).toBe(2_000);
  });

  /** So many bytes arrive, `step` at a time, each step is taken at once, and what is due is granted: what that was. */
  function takenAsTheyCome(window: ReceiveWindow, bytes: number, step: number): number {
    let granted = 0;
    for (let left = bytes; left > 0; left -= step) {
      arrive(window, Math.min(step, left));
      window.take(step);
      window.raise();
      granted += window.due;
      window.grant(window.due);
    }
    return granted;
  }

  it('SPEC 8.5.7 doubles a window that came and was taken as it came, up to a bound', () => {
    const window = new ReceiveWindow(1_000, 1_000, 3_000);
    expect(takenAsTheyCome(window, 1_000, 250)).toBe(2_000);
    expect(takenAsTheyCome(window, 2_000, 500)).toBe(3_000);
    expect(takenAsTheyCome(window, 3_000, 750)).toBe(3_000);
  });

  it('SPEC 8.5.7 does not double it where more than a quarter waited, though all was taken in the end', () => {
    expect(takenAsTheyCome(new ReceiveWindow(1_000, 1_000, 3_000), 1_000, 251)).toBe(753);
    const long = new ReceiveWindow(1_000, 1_000, 3_000);
    long.receive(1_000);
    long.deliver(0, 1_000);
    long.raise();
    expect(long.due).toBe(1_000);
  });

  it('SPEC 8.5.7 does not double it before a whole one has come, nor while something is untaken', () => {
    expect(takenAsTheyCome(new ReceiveWindow(1_000, 1_000, 3_000), 999, 249)).toBe(996);
    const window = new ReceiveWindow(1_000, 1_000, 3_000);
    takenAsTheyCome(window, 900, 225);
    arrive(window, 100);
    window.take(99);
    window.raise();
    expect(window.due).toBe(0);
    window.take(1);
    window.raise();
    expect(window.due).toBe(1_100);
  });

  it('SPEC 8.5.6 counts bytes of an incomplete value as taken once all values before it are', () => {
    const window = new ReceiveWindow(1_000, 1_000);
    window.receive(900);
    window.deliver(300, 600);
    window.take(299);
    expect(window.due).toBe(299);
    window.take(1);
    expect(window.due).toBe(900);
  });

  it('SPEC 8.5.6 counts bytes that belong to no value, as those of the status map, as taken on arrival', () => {
    const window = new ReceiveWindow(1_024, 1_024);
    window.receive(300);
    window.deliver(0, 0);
    expect(window.due).toBe(300);
  });

  it('SPEC 9.1.10 claims what is granted and not taken, and incomplete values', () => {
    const window = new ReceiveWindow(1_000, 1_000);
    expect(window.claim).toBe(1_000);
    window.receive(700);
    window.deliver(300, 400);
    expect(window.claim).toBe(1_000);
    window.take(300);
    expect([window.claim, window.untaken, window.incomplete]).toEqual([700, 0, 400]);
    window.grant(window.due);
    expect(window.claim).toBe(1_400);
    window.deliver(400, 0);
    window.take(400);
    expect(window.claim).toBe(1_000);
  });

  it('takes no more back than was delivered', () => {
    const window = new ReceiveWindow(1_000, 1_000);
    arrive(window, 500);
    for (const nothing of [0, -1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY]) window.take(nothing);
    expect(window.untaken).toBe(500);
    window.take(10_000);
    expect([window.untaken, window.due]).toEqual([0, 500]);
  });

  it('SPEC 8.5.7 never lets more than the window be outstanding, nor a consumer that takes all starve', () => {
    const steps = fc.array(fc.record({ arrives: fc.nat(600), takes: fc.nat(900) }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 64, max: 1_000 }), (all, initial) => {
        const window = new ReceiveWindow(initial, 1_000);
        let credit = initial;
        for (const { arrives, takes } of all) {
          const bytes = Math.min(arrives, credit);
          credit -= bytes;
          expect(arrive(window, bytes)).toBe(true);
          window.take(takes);
          const { due } = window;
          window.grant(due);
          credit += due;
          expect(window.claim).toBe(credit + window.untaken);
          expect(window.claim).toBeLessThanOrEqual(1_000);
        }
        window.take(window.untaken);
        window.grant(window.due);
        expect(window.claim).toBeGreaterThan((initial * 3) / 4 - 1);
      }),
    );
  });
});
