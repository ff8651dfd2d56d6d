import type { Session } from '../peer.js';
import type { Metric, Work } from '../workload.js';
import { percentile } from './clock.js';

const UPDATES = 20;
/** Updates before those that are measured. */
const WARM_UPDATES = 10;
const BATCH = 100;

/** One update to many subscribers, each with a connection of its own. */
function fanOut(subscribers: number, goal?: Metric['goal']): Work {
  const key = `fan-out ${subscribers}`;
  return {
    name: key,
    metrics: [
      {
        key,
        title: `one update to ${subscribers.toLocaleString('en')} subscribers, until the last has it`,
        unit: 'ms',
        better: 'lower',
        ...(goal === undefined ? {} : { goal }),
      },
    ],
    async run({ connect, publish }) {
      let missing = 0;
      let done = (): void => undefined;
      const onUpdate = (): void => {
        if (--missing === 0) done();
      };
      const sessions: Session[] = [];
      for (let made = 0; made < subscribers; made += BATCH) {
        const batch = await Promise.all(Array.from({ length: BATCH }, () => connect()));
        if (batch.some(({ subscribe }) => subscribe === undefined)) return undefined;
        await Promise.all(batch.map((session) => session.subscribe?.(onUpdate) ?? Promise.resolve()));
        sessions.push(...batch);
      }
      const times: number[] = [];
      for (let update = 0; update < WARM_UPDATES + UPDATES; update++) {
        missing = subscribers;
        const all = new Promise<void>((resolve) => {
          done = resolve;
        });
        const began = performance.now();
        publish();
        await all;
        times.push(performance.now() - began);
      }
      for (const session of sessions) session.close();
      return { [key]: percentile(times.slice(WARM_UPDATES), 0.5) };
    },
  };
}

/** 0.9 of the raw loop's speed is 1.11 of its time. */
export const fanOutThousand: Work = fanOut(1_000, { peer: 'raw ws', ratio: 1 / 0.9 });
export const fanOutTenThousand: Work = fanOut(10_000);
