/** Fuzzes peers with their own applications; `test/fuzz/run.mjs` does so for as long as told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../src/index.js';
import { COUNTED, count, runs, TIMEOUT } from './budget.js';
import { FuzzWire } from './fuzz-wire.js';
import { LIMITS, runSession } from './session.js';

/** Silence and a spent budget are no breach: the session is idle and odd on purpose. */
const PATIENT = { ...LIMITS, controlBudget: 1_000_000, pingInterval: 1e9, settingsTimeout: 1e9, pausedTimeout: 1e9 };

describe('SPEC 5, 8.4 to 8.9: careless applications', () => {
  for (const dialect of DIALECTS) {
    it(
      `whatever is called in whatever state, a ${dialect.name} peer throws what it says and sends what is legal`,
      () => {
        let requests = 0;
        fc.assert(
          fc.property(fc.nat(), fc.integer({ min: 20, max: 400 }), (seed, steps) => {
            const ends = runSession({
              dialect,
              seed,
              steps,
              wild: true,
              limits: PATIENT,
              up: new FuzzWire(),
              down: new FuzzWire(),
              check: () => undefined,
            });
            requests += ends[1].answered.size;
            count(`careless sessions: ${dialect.name}`);
            count('requests answered', ends[1].answered.size);
            expect(ends.flatMap(({ problems }) => problems)).toEqual([]);
            expect(ends.flatMap(({ faults }) => faults)).toEqual([]);
          }),
          runs(500, 1 / DIALECTS.length),
        );
        if (COUNTED) expect(requests).toBeGreaterThan(100);
      },
      TIMEOUT,
    );
  }
});
