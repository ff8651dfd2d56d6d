import { rowOf } from '../peer.js';
import type { Work } from '../workload.js';
import { micros, percentile } from './clock.js';
import { mebibytes, piecesRate, steadyRate } from './streams.js';

/** One small call at a time while bulk flows at full speed on the same connection; both figures are of the same run. */
export const callDuringBulk: Work = {
  name: 'call during bulk',
  metrics: [
    {
      key: 'call during bulk p50',
      title: 'small call during bulk, p50',
      unit: 'µs',
      better: 'lower',
      goal: { peer: "Cap'n Web", ratio: 1 },
    },
    {
      key: 'call during bulk p99',
      title: 'small call during bulk, p99',
      unit: 'µs',
      better: 'lower',
      goal: { peer: "Cap'n Web", ratio: 0.6 },
    },
    {
      key: 'bulk during calls',
      title: 'bulk during small calls',
      unit: 'MiB/s',
      better: 'higher',
      goal: { peer: 'raw ws', metric: 'bulk', ratio: 0.8 },
    },
  ],
  async run({ connect, warmFor, measureFor }) {
    const session = await connect();
    let times: number[] = [];
    let flowing = false;
    const calling = async (): Promise<void> => {
      while (flowing) {
        const sent = micros();
        await session.echo(rowOf(times.length));
        times.push(micros() - sent);
      }
    };
    const both = async (pieces: number): Promise<number> => {
      times = [];
      flowing = true;
      const caller = calling();
      const rate = await piecesRate(session, pieces);
      flowing = false;
      await caller;
      return rate;
    };
    const rate = await steadyRate(both, 512, { warmFor, measureFor });
    session.close();
    return {
      'call during bulk p50': percentile(times, 0.5),
      'call during bulk p99': percentile(times, 0.99),
      'bulk during calls': mebibytes(rate),
    };
  },
};
