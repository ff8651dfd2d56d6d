import { setTimeout as wait } from 'node:timers/promises';
import { rowOf } from '../peer.js';
import { peerByName } from '../peers/index.js';
import { workloadByName } from '../workloads/index.js';
import type { FromServer, ToServer } from './messages.js';

const [peerName = '', workName = ''] = process.argv.slice(2);
const tell = (message: FromServer): void => void process.send?.(message);

const { compress } = workloadByName(workName);
const { port, publish } = await peerByName(peerName).serve({ compress });
let updates = 0;

process.on('message', (message: ToServer) => {
  if (message.kind === 'publish') publish(rowOf(++updates));
  else void memory().then((bytes) => tell({ kind: 'memory', bytes }));
});
process.on('disconnect', () => process.exit());
tell({ kind: 'listening', port });

/** After collections, and the time the allocator takes to give pages back. */
async function memory(): Promise<number> {
  for (let times = 0; times < 4; times++) {
    globalThis.gc?.();
    await wait(100);
  }
  return process.memoryUsage.rss();
}
