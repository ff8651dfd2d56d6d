import { readFileSync } from 'node:fs';
import { afterAll } from 'vitest';

/** Set to give each test file that long instead of a moment. `test/fuzz/run.mjs` sets it, and the seed. */
const SECONDS = Number(process.env['WIREMUX_FUZZ_SECONDS'] ?? 0);

/** What fast-check is told: so many runs, or as many as fit into this test's share of its file's time. */
export function runs(
  count: number,
  share: number,
): { numRuns: number; seed: number; interruptAfterTimeLimit?: number } {
  const seed = Number(process.env['WIREMUX_SEED'] ?? 1);
  if (SECONDS === 0) return { numRuns: count, seed };
  return { numRuns: Number.MAX_SAFE_INTEGER, seed, interruptAfterTimeLimit: SECONDS * share * 1_000 };
}

/** Whether so many runs were made; what fits into a time may be too little to have met everything. */
export const COUNTED: boolean = SECONDS === 0;

/** The time one test may take, ms. */
export const TIMEOUT: number = 20_000 + SECONDS * 1_000;

const counts: Record<string, number> = {};

/** Adds to what this file has done. */
export function count(what: string, much = 1): void {
  counts[what] = (counts[what] ?? 0) + much;
}

// For `test/fuzz/run.mjs`, which adds the rounds up.
afterAll(() => {
  if (!COUNTED) console.log(`counted ${JSON.stringify(counts)}`);
});

const specification = readFileSync(new URL('../../SPEC.md', import.meta.url), 'utf8');

/** The ids of all rules of the specification. */
export const RULES: ReadonlySet<string> = new Set(
  [...specification.matchAll(/\*\*(\d+(?:\.\d+)+)\*\*/g)].map(([, id]) => id as string),
);
