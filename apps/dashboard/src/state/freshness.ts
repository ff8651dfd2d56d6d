/** Whether what a panel shows is the state of things now. */
export type Freshness =
  /** Nothing has come yet. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'live' }
  /** The last value came `age` ms ago, and the next is overdue or cannot come. */
  | { readonly kind: 'stale'; readonly age: number };

/** Values that may be late before the panel says so, and time on top of that, ms, for a busy machine. */
const MISSED_VALUES = 3;
const GRACE = 1_000;

/**
 * Judges a feed that sends every `every` ms and sent last at `lastAt`.
 * @param isOpen whether there is a connection for a value to come over.
 */
export function freshnessOf(lastAt: number | undefined, isOpen: boolean, now: number, every: number): Freshness {
  if (lastAt === undefined) return { kind: 'waiting' };
  const age = Math.max(0, now - lastAt);
  if (isOpen && age <= MISSED_VALUES * every + GRACE) return { kind: 'live' };
  return { kind: 'stale', age };
}
