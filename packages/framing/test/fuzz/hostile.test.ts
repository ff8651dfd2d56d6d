/** Fuzzes peers with hostile others; `test/fuzz/run.mjs` does so for as long as told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, DIALECTS } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { COUNTED, count, runs, TIMEOUT } from './budget.js';
import type { FuzzEnd } from './fuzz-end.js';
import { FuzzWire, MOST_DELIVERED, type Mutation } from './fuzz-wire.js';
import { mutation } from './mutations.js';
import { LIMITS, runSession } from './session.js';

const { openRequests = 0, grantedBytes = 0, pausedBytes = 0, sendQueue = 0 } = LIMITS;
/** What every upload, and every answer that is opened when there is nothing left to grant, may send (SPEC 8.5.3, 8.5.8). */
const LEAST_CREDIT = 16_384 + 1_024;
const MOST_GRANTED = grantedBytes + 2 * openRequests * LEAST_CREDIT;
/** Without credit a transport is paused after what fills the bound, and the delivery that did is still taken. */
const MOST_UNREAD = openRequests * pausedBytes + MOST_DELIVERED;
/** One value may reach past the queue's bound (SPEC 9.1.18). */
const MOST_QUEUED = openRequests * (sendQueue + 100_000);
/** Refused requests stay as bare ids, as many as the control budget pays for (SPEC 8.4.9, 9.1.16). */
const MOST_REQUESTS = openRequests + DEFAULT_LIMITS.controlBudget;

function checkBounds(end: FuzzEnd): void {
  const { untaken, queued, peer, problems } = end;
  if (untaken > (peer.dialect.duplex ? MOST_GRANTED : MOST_UNREAD)) problems.push(`${untaken} bytes are held`);
  if (queued > MOST_QUEUED) problems.push(`${queued} bytes are queued`);
  if (peer.inspect(peerStats).requests.length > MOST_REQUESTS) problems.push('too many requests are kept');
}

const mutations: fc.Arbitrary<ReadonlyMap<number, Mutation>> = fc
  .array(fc.tuple(fc.oneof(fc.nat(6), fc.nat(100)), mutation), { minLength: 1, maxLength: 3 })
  .map((list) => new Map(list));

describe('SPEC 5.12: hostile peers', () => {
  for (const dialect of DIALECTS) {
    for (const victim of ['server', 'client'] as const) {
      it(
        `a ${victim} of ${dialect.name} takes, refuses or awaits anything and stays within its bounds`,
        () => {
          const met = new Set<string>();
          fc.assert(
            fc.property(fc.nat(), fc.integer({ min: 20, max: 250 }), mutations, (seed, steps, changes) => {
              const wire = new FuzzWire(changes);
              const [up, down] = victim === 'server' ? [wire, new FuzzWire()] : [new FuzzWire(), wire];
              const ends = runSession({
                dialect,
                seed,
                steps,
                wild: false,
                limits: LIMITS,
                up,
                down,
                check: checkBounds,
              });
              const faults = ends.flatMap((end) => end.faults);
              for (const { rule } of faults) met.add(rule);
              count(`hostile sessions: ${dialect.name}`);
              count('faults refused', faults.length);
              expect(ends.flatMap(({ problems }) => problems)).toEqual([]);
            }),
            runs(250, 1 / (2 * DIALECTS.length)),
          );
          if (COUNTED) expect(met.size, 'kinds of faults that were provoked').toBeGreaterThan(3);
        },
        TIMEOUT,
      );
    }
  }
});
