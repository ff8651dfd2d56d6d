import { usageError } from '../exit-status.js';

const MS_PER_UNIT: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/;
/** The longest timer of JavaScript, ms. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds, at least 1, from `250`, `250ms`, `5s`, `1.5m` or `1h`. Throws `usage`. */
export function parseDuration(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  const perUnit = MS_PER_UNIT[unit ?? 'none'];
  const ms = perUnit === undefined ? Number.NaN : Math.round(Number(amount) * perUnit);
  if (ms >= 1 && ms <= LONGEST) return ms;
  throw usageError(`"${text}" is not a duration; write milliseconds, or a number with a unit, as in 250ms, 5s or 2m.`);
}
