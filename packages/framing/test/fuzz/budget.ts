import { readFileSync } from 'node:fs';

/** Set to fuzz for that long instead of a moment, from a seed of its own each time. */
const SECONDS = Number(process.env['WIREMUX_FUZZ_SECONDS'] ?? 0);
const SEED = process.env['WIREMUX_SEED'];

/** What fast-check is told: so many runs from a fixed seed, or as many as fit into this test's share of the time. */
export function runs(
  count: number,
  share: number,
): { numRuns: number; seed: number; interruptAfterTimeLimit?: number } {
  if (SECONDS === 0) return { numRuns: count, seed: Number(SEED ?? 1) };
  return {
    numRuns: Number.MAX_SAFE_INTEGER,
    seed: Number(SEED ?? Date.now() % 2 ** 31),
    interruptAfterTimeLimit: SECONDS * share * 1_000,
  };
}

/** The time one test may take, ms. */
export const TIMEOUT: number = 20_000 + SECONDS * 1_000;

const specification = readFileSync(new URL('../../SPEC.md', import.meta.url), 'utf8');

/** The ids of all rules of the specification. */
export const RULES: ReadonlySet<string> = new Set(
  [...specification.matchAll(/\*\*(\d+(?:\.\d+)+)\*\*/g)].map(([, id]) => id as string),
);
