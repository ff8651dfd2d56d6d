import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../src/format/units.js';
import { scaleTop } from '../../src/plots/scale.js';

const units: Unit[] = ['share', 'bytes', 'bytes/s', 'count', 'per-second', 'ms', 'plain'];

describe('scaleTop', () => {
  it.each<[number, Unit, number]>([
    [0, 'count', 2],
    [3, 'count', 4],
    [4, 'count', 4],
    [1_000, 'per-second', 1_000],
    [1_001, 'per-second', 2_000],
    [0.3, 'plain', 1],
    [0, 'bytes', 1024],
    [1025, 'bytes', 2048],
    [700 * 1024, 'bytes/s', 1024 * 1024],
  ])('ends a scale that shows %d %s at %d', (max, unit, top) => {
    expect(scaleTop(max, unit)).toBe(top);
  });

  it('is never below the largest value and never far above it', () => {
    fc.assert(
      fc.property(fc.double({ min: 4096, max: 1e15, noNaN: true }), fc.constantFrom(...units), (max, unit) => {
        const top = scaleTop(max, unit);
        return top >= max * (1 - 1e-8) && top <= max * 3;
      }),
    );
  });
});
