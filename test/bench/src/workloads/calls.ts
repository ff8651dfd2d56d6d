import { rowOf, type Session } from '../peer.js';
import type { Work } from '../workload.js';

const IN_FLIGHT = 64;

/** Small calls, 64 in flight on one connection. */
export const calls: Work = {
  name: 'calls',
  metrics: [
    {
      key: 'calls',
      title: `small calls, ${IN_FLIGHT} in flight`,
      unit: '/s',
      better: 'higher',
      goal: { peer: 'ws + JSON', ratio: 4 },
    },
  ],
  async run({ connect, warmFor, measureFor }) {
    const session = await connect();
    await callFor(session, warmFor);
    const rate = await callFor(session, measureFor);
    session.close();
    return { calls: rate };
  },
};

/** Keeps so many calls in flight for a time; calls done per second. */
export async function callFor(session: Session, ms: number): Promise<number> {
  const began = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      await session.echo(rowOf(done));
      done++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return (done * 1_000) / (performance.now() - began);
}
