import { usageError } from '../exit-status.js';

/** A whole number from 0 to `most`. Throws `usage`. */
export function parseWhole(text: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw usageError(`"${text}" is not a whole number from 0 to ${most}.`);
}
