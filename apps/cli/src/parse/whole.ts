import { usageError } from '../exit-status.js';

/** A whole number from `least` to `most`. Throws `usage`. */
export function parseWhole(text: string, most: number, least = 0): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw usageError(`"${text}" is not a whole number from ${least} to ${most}.`);
}
