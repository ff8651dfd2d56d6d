// One large value costs time in proportion to its size, whatever the pieces it arrives in: prints the time per byte for
// sizes and pieces, and exits 1 where a larger value costs clearly more a byte than a smaller one.
//
//     npm run bench:straight-line
import { CASES } from './cases.mjs';

const PIECES = [1, 16, 256, 4_096, 65_536];
const TRIES = 3;
/** Sizes grow 64-fold: what is quadratic costs 64 times as much a byte at the end. Caches and collections cost some. */
const MOST_GROWTH = 6;
/** Times a run shorter than this says nothing about, ms. */
const LEAST_TIME = 0.5;

/** The least processor time of some tries, ms: other processes do not count. */
async function measure({ prepare, run }, size, piece) {
  const input = prepare(size, piece);
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const start = process.cpuUsage();
    await run(input, piece, size);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}

const sizeName = (bytes) =>
  bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MiB` : bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;

function row(cells) {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(28) : cell.padStart(12))).join('');
}

let bent = 0;
for (const benchmark of CASES) {
  console.log(`\n${row([`${benchmark.name}, ns/byte`, ...benchmark.sizes.map(sizeName), 'growth'])}`);
  for (const piece of PIECES) {
    const times = [];
    for (const size of benchmark.sizes) times.push(await measure(benchmark, size, piece));
    const perByte = times.map((time, index) => (time * 1e6) / benchmark.sizes[index]);
    const last = perByte.at(-1);
    // A first run too short to be timed is taken for as long as can be told.
    const growth = last / Math.max(perByte[0], (LEAST_TIME * 1e6) / benchmark.sizes[0]);
    const isBent = growth > MOST_GROWTH;
    bent += isBent ? 1 : 0;
    const cells = [...perByte.map((time) => time.toFixed(2)), `${growth.toFixed(1)}${isBent ? ' BENT' : ''}`];
    console.log(row([`  pieces of ${sizeName(piece)}`, ...cells]));
  }
}
console.log(`\n${bent === 0 ? 'Straight lines all.' : `${bent} lines are bent.`}`);
process.exitCode = bent === 0 ? 0 : 1;
