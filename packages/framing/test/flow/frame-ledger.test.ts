import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameLedger } from '../../src/flow/frame-ledger.js';

describe('the ledger of frames', () => {
  it('gives back the oldest, as a plain list would', () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 72, max: 1_100_000 }) }),
      fc.record({ shift: fc.integer({ min: 0, max: 200 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 500 }), (steps) => {
        const ledger = new FrameLedger();
        const list: number[] = [];
        for (const each of steps) {
          if ('push' in each) {
            ledger.push(each.push);
            list.push(each.push);
          } else {
            const removed = list.splice(0, each.shift);
            expect(ledger.shift(removed.length)).toBe(removed.reduce((sum, cost) => sum + cost, 0));
          }
          expect(ledger.total).toBe(list.reduce((sum, cost) => sum + cost, 0));
        }
      }),
    );
  });
});
