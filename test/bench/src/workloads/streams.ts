import { PIECE_BYTES, type Session } from '../peer.js';
import type { Times, Work } from '../workload.js';

const ROWS_FIRST = 20_000;
const PIECES_FIRST = 512;

/** Small rows, streamed: each arrives as a decoded object in the user's code. */
export const rows: Work = {
  name: 'rows',
  metrics: [
    {
      key: 'rows',
      title: 'small rows, streamed',
      unit: '/s',
      better: 'higher',
      goal: { peer: 'ws + JSON', ratio: 10 },
    },
  ],
  async run({ connect, ...times }) {
    const session = await connect();
    const stream = (count: number): Promise<number> => rowsRate(session, count);
    const rate = await steadyRate(stream, ROWS_FIRST, times);
    session.close();
    return { rows: rate };
  },
};

/** Byte strings of 32 KiB, streamed. */
export const bulk: Work = {
  name: 'bulk',
  metrics: [
    {
      key: 'bulk',
      title: 'bulk stream, 32 KiB pieces',
      unit: 'MiB/s',
      better: 'higher',
      goal: { peer: 'raw ws', ratio: 0.9 },
    },
  ],
  async run({ connect, ...times }) {
    const session = await connect();
    const rate = await steadyRate((pieces) => piecesRate(session, pieces), PIECES_FIRST, times);
    session.close();
    return { bulk: mebibytes(rate) };
  },
};

/** MiB of so many pieces. */
export function mebibytes(pieces: number): number {
  return (pieces * PIECE_BYTES) / 1_048_576;
}

/** Warms up with streams that take about so long, then measures one. Rates are per second. */
export async function steadyRate(
  stream: (count: number) => Promise<number>,
  first: number,
  { warmFor, measureFor }: Times,
): Promise<number> {
  const goOn = (rate: number, ms: number): Promise<number> => stream(Math.max(first, Math.round((rate * ms) / 1_000)));
  let rate = await stream(first);
  const began = performance.now();
  while (performance.now() - began < warmFor) rate = await goOn(rate, warmFor / 4);
  return await goOn(rate, measureFor);
}

/** Pieces a second of a stream of so many. */
export async function piecesRate(session: Session, pieces: number): Promise<number> {
  let bytes = 0;
  const began = performance.now();
  await session.bulk(pieces, (length) => {
    bytes += length;
  });
  if (bytes !== pieces * PIECE_BYTES) throw new Error(`${bytes} bytes came, not ${pieces * PIECE_BYTES}.`);
  return (pieces * 1_000) / (performance.now() - began);
}

async function rowsRate(session: Session, count: number): Promise<number> {
  let came = 0;
  const began = performance.now();
  await session.rows(count, (row) => {
    if (row.symbol === 'ACME') came++;
  });
  if (came !== count) throw new Error(`${came} rows came, not ${count}.`);
  return (count * 1_000) / (performance.now() - began);
}
