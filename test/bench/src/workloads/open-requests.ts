import type { Work } from '../workload.js';
import { callFor } from './calls.js';

const STEPS = [1, 100, 1_000, 10_000] as const;

/** What a call costs while more and more requests are open on the same connection, unanswered. */
export const openRequests: Work = {
  name: 'open requests',
  metrics: STEPS.map((open) => ({
    key: `open requests ${open}`,
    title: `small calls while ${open.toLocaleString('en')} requests are open`,
    unit: '/s',
    better: 'higher' as const,
  })),
  async run({ connect, warmFor, measureFor }) {
    const session = await connect();
    const { hold } = session;
    if (hold === undefined) return undefined;
    const results: Record<string, number> = {};
    let open = 0;
    await callFor(session, warmFor);
    for (const step of STEPS) {
      const more = Array.from({ length: step - open }, () => hold());
      await Promise.all(more);
      open = step;
      results[`open requests ${step}`] = await callFor(session, measureFor / 2);
    }
    session.close();
    return results;
  },
};
