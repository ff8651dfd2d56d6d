import { createServer, connect as dial } from 'node:net';
import { rowOf } from '../peer.js';
import { portOf } from '../peers/sockets.js';
import type { Work } from '../workload.js';

const ANSWERS = 1_000;

/** What similar small answers, one call after another, cost on the wire where both ends compress. */
export const similarAnswers: Work = {
  name: 'similar answers',
  compress: true,
  metrics: [
    {
      key: 'similar answers',
      title: `bytes from the server for ${ANSWERS.toLocaleString('en')} similar answers, compressed`,
      unit: 'B',
      better: 'lower',
      goal: { peer: 'ws + JSON', ratio: 0.35 },
    },
  ],
  async run({ connect, port, peer }) {
    if (!COMPRESSING.has(peer.name)) return undefined;
    const meter = await meterTo(port);
    const session = await connect(meter.port);
    await session.echo(rowOf(0));
    const before = meter.bytes();
    for (let id = 1; id <= ANSWERS; id++) await session.echo(rowOf(id));
    const bytes = meter.bytes() - before;
    session.close();
    meter.close();
    return { 'similar answers': bytes };
  },
};

/** Those that were told to compress; the others leave it to permessage-deflate, which ws + JSON stands for. */
const COMPRESSING: ReadonlySet<string> = new Set(['wiremux', 'ws + JSON']);

/** A TCP relay that counts what the server sends. */
async function meterTo(port: number): Promise<{ port: number; bytes(): number; close(): void }> {
  let bytes = 0;
  const relay = createServer((client) => {
    const server = dial(port, '127.0.0.1');
    server.on('data', (chunk) => {
      bytes += chunk.length;
    });
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => void relay.listen(0, '127.0.0.1', resolve));
  return { port: portOf(relay), bytes: () => bytes, close: () => void relay.close() };
}
