import type { Unit } from '../format/units.js';

/** Steps between powers whose halves are still short to write. */
const DECIMAL_STEPS = [1, 2, 4, 10];
const BINARY_STEPS = [1, 2, 4, 10, 20, 40, 100, 200, 400, 1024];

/** Lowest top of a scale, so that noise around nothing does not fill the plot. */
const LOWEST_TOP: Readonly<Record<Unit, number>> = {
  share: 0.1,
  bytes: 1024,
  'bytes/s': 1024,
  count: 2,
  'per-second': 2,
  ms: 1,
  plain: 1,
};

/** The round number at or above `max` that a scale of this unit ends with. */
export function scaleTop(max: number, unit: Unit): number {
  const wanted = Math.max(max, LOWEST_TOP[unit]);
  const isBinary = unit === 'bytes' || unit === 'bytes/s';
  const base = isBinary ? 1024 : 10;
  const steps = isBinary ? BINARY_STEPS : DECIMAL_STEPS;
  const exponent = Math.floor(Math.log(wanted) / Math.log(base));
  const power = base ** exponent;
  // Logarithms of exact powers may come out a hair low or high: the tolerance keeps 1,000 from becoming 2,000.
  const step = steps.find((factor) => factor * power >= wanted * (1 - 1e-9)) ?? base;
  return Number((step * power).toPrecision(12));
}
