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
  async run({ connect, measureFor }) {
    const session = await connect();
    const times: number[] = [];
    let flowing = false;
    const calling = async (): Promise<void> => {
      while (flowing) {
        const sent = micros();
        await session.echo(rowOf(times.length));
        times.push(micros() - sent);
      }
    };
    const alone = await steadyRate((pieces) => piecesRate(session, pieces), 512, measureFor / 4);
    flowing = true;
    const caller = calling();
    const rate = await piecesRate(session, Math.round((alone * measureFor) / 1_000));
    flowing = false;
    await caller;
    session.close();
    return {
      'call during bulk p50': percentile(times, 0.5),
      'call during bulk p99': percentile(times, 0.99),
      'bulk during calls': mebibytes(rate),
    };
  },
};
