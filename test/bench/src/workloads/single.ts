import { rowOf } from '../peer.js';
import type { Work } from '../workload.js';
import { micros, percentile } from './clock.js';

/** One small call at a time. */
export const single: Work = {
  name: 'single',
  metrics: [
    {
      key: 'single p50',
      title: 'one small call at a time, p50',
      unit: 'µs',
      better: 'lower',
      goal: { peer: 'ws + JSON', ratio: 1.1 },
    },
    { key: 'single p99', title: 'one small call at a time, p99', unit: 'µs', better: 'lower' },
  ],
  async run({ connect, warmFor, measureFor }) {
    const session = await connect();
    const times: number[] = [];
    const began = performance.now();
    while (performance.now() - began < warmFor + measureFor) {
      const sent = micros();
      await session.echo(rowOf(times.length));
      if (performance.now() - began > warmFor) times.push(micros() - sent);
    }
    session.close();
    return { 'single p50': percentile(times, 0.5), 'single p99': percentile(times, 0.99) };
  },
};
