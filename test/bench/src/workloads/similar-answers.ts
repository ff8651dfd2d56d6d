import { createServer, connect as dial } from 'node:net';
import { type Compression, rowOf, type Session } from '../peer.js';
import { portOf } from '../peers/sockets.js';
import type { Work } from '../workload.js';

const ANSWERS = 1_000;
const IN_FLIGHT = 64;
/** Whose messages permessage-deflate compresses, for all that leave it to that. */
const DEFLATE = 'ws + JSON';
/** Those that were told to compress. */
const COMPRESSING: ReadonlySet<string> = new Set(['wiremux', DEFLATE]);
const ALONE = 'similar answers alone';
const TITLE = `bytes from the server for ${ANSWERS.toLocaleString('en')} similar answers`;

/**
 * What similar small answers cost on the wire where both ends compress: one call after another, and many in flight. Of
 * permessage-deflate also where each message is compressed by itself.
 */
export const similarAnswers: Work = {
  name: 'similar answers',
  compress: 'contexts',
  metrics: [
    {
      key: 'similar answers',
      title: `${TITLE}, one after another`,
      unit: 'B',
      better: 'lower',
    },
    {
      key: 'similar answers in flight',
      title: `${TITLE}, ${IN_FLIGHT} in flight`,
      unit: 'B',
      better: 'lower',
      goal: { peer: DEFLATE, ratio: 0.35, metric: ALONE },
    },
    { key: ALONE, title: `${TITLE}, each deflated by itself`, unit: 'B', better: 'lower' },
  ],
  async run({ connect, port, peer }) {
    if (!COMPRESSING.has(peer.name)) return undefined;
    const measure = async (lanes: number, compress: Compression): Promise<number> => {
      const meter = await meterTo(port);
      const session = await connect(meter.port, compress);
      const bytes = await bytesOfAnswers(session, meter, lanes);
      session.close();
      meter.close();
      return bytes;
    };
    return {
      'similar answers': await measure(1, 'contexts'),
      'similar answers in flight': await measure(IN_FLIGHT, 'contexts'),
      ...(peer.name === DEFLATE && { [ALONE]: await measure(1, 'messages') }),
    };
  },
};

async function bytesOfAnswers(session: Session, meter: Meter, lanes: number): Promise<number> {
  await session.echo(rowOf(0));
  const before = meter.bytes();
  let id = 0;
  const lane = async (): Promise<void> => {
    while (id < ANSWERS) await session.echo(rowOf(++id));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return meter.bytes() - before;
}

interface Meter {
  readonly port: number;
  bytes(): number;
  close(): void;
}

/** A TCP relay that counts what the server sends. */
async function meterTo(port: number): Promise<Meter> {
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
