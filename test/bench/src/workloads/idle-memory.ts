import type { Work } from '../workload.js';

const CONNECTIONS = 5_000;
/** Connections made at once. */
const BATCH = 100;

/** What an idle connection costs the server. */
export const idleMemory: Work = {
  name: 'idle memory',
  metrics: [
    {
      key: 'idle memory',
      title: `server memory per idle connection, of ${CONNECTIONS.toLocaleString('en')}`,
      unit: 'KiB',
      better: 'lower',
      goal: { peer: 'raw ws', ratio: 1.25 },
    },
  ],
  async run({ connect, serverMemory }) {
    const first = await connect();
    const before = await serverMemory();
    const sessions = [];
    for (let made = 0; made < CONNECTIONS; made += BATCH) {
      sessions.push(...(await Promise.all(Array.from({ length: BATCH }, () => connect()))));
    }
    const after = await serverMemory();
    for (const session of [first, ...sessions]) session.close();
    return { 'idle memory': (after - before) / CONNECTIONS / 1_024 };
  },
};
