import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../src/backoff.js';

const plan = { initial: 250, max: 30_000, factor: 2 };

describe('backoff with full jitter', () => {
  it('doubles its bound up to the greatest', () => {
    const backoff = new Backoff(plan, () => 1);
    const bounds = Array.from({ length: 9 }, () => backoff.next());
    expect(bounds).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('draws from the whole range below the bound', () => {
    const draws = [0, 0.25, 0.999];
    const backoff = new Backoff({ ...plan, factor: 1 }, () => draws.shift() ?? 0);
    expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([0, 62.5, 249.75]);
  });

  it('begins anew after a reset', () => {
    const backoff = new Backoff(plan, () => 1);
    backoff.next();
    backoff.next();
    expect(backoff.failures).toBe(2);
    backoff.reset();
    expect(backoff.failures).toBe(0);
    expect(backoff.next()).toBe(250);
  });

  it('never exceeds its greatest delay, however often it fails', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, draw) => {
          const backoff = new Backoff(plan, () => draw);
          let delay = 0;
          for (let count = 0; count < failures; count++) delay = backoff.next();
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThan(30_000);
        },
      ),
    );
  });
});
