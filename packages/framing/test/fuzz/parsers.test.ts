/** Fuzzes everything that reads what a peer sends, but for the reactors; `test/fuzz/run.mjs` does so for as long as told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, runs, TIMEOUT } from './budget.js';
import { hostileBytes } from './hostile-bytes.js';
import { TARGETS } from './parsers.js';

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 500 })), { maxLength: 4 });

describe('SPEC 5.12: any bytes', () => {
  it.each(TARGETS)(
    '$name: give what they say, or an error',
    async ({ name, samples, check }) => {
      const outcomes = new Set<string>();
      for (const sample of samples) outcomes.add(await check(sample, [1]));
      await fc.assert(
        fc.asyncProperty(hostileBytes(samples), sizes, async (bytes, cuts) => {
          outcomes.add(await check(bytes, cuts));
          count(`inputs: ${name}`);
        }),
        runs(400, 1 / TARGETS.length),
      );
      expect(outcomes.size, 'ways it may go').toBeGreaterThan(1);
    },
    TIMEOUT,
  );
});
