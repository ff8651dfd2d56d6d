import { peerByName } from '../peers/index.js';
import { workloadByName } from '../workloads/index.js';
import type { FromClient, ToClient } from './messages.js';

const [peerName = '', workName = '', portText = '', warmFor = '', measureFor = ''] = process.argv.slice(2);
const tell = (message: FromClient): void => void process.send?.(message);

const peer = peerByName(peerName);
const work = workloadByName(workName);
const port = Number(portText);
let onMemory = (_bytes: number): void => undefined;

process.on('message', ({ bytes }: ToClient) => onMemory(bytes));
process.on('disconnect', () => process.exit());

try {
  const result = await work.run({
    peer,
    port,
    warmFor: Number(warmFor),
    measureFor: Number(measureFor),
    connect: (to = port, compress = work.compress) => peer.connect(to, { compress }),
    publish: () => tell({ kind: 'publish' }),
    serverMemory: () =>
      new Promise((resolve) => {
        onMemory = resolve;
        tell({ kind: 'memory' });
      }),
  });
  tell({ kind: 'result', result });
} catch (thrown) {
  tell({ kind: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) });
}
