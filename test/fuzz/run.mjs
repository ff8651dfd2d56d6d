// Fuzzes everything that reads what a peer sends: frames, the text form, CBOR, messages, settings, content encodings,
// and pairs of reactors in every dialect, hostile ones and careless ones.
//
//     npm run fuzz -- --seconds 3600
//     npm run fuzz -- --seed 17 --seconds 60     the round that began with this seed, again
//
// It works in rounds of a minute, each a process of its own with a seed of its own and a heap of at most 1 GiB: memory
// stays bounded however long it runs, and what leaks fails. It stops at the first round that fails or hangs, prints
// what failed and how to run it again, and exits 1. It ends with what it has done, added up.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SUITES = ['packages/framing/test/fuzz', 'packages/framing/test/model'];
const ROUND_SECONDS = 60;
const HEAP = '--max-old-space-size=1024';
/** A test that loops for ever blocks its own timeout; a round has this many times its length, and as many seconds more. */
const PATIENCE = 4;
const GRACE_SECONDS = 600;

function readOptions() {
  const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
  const seconds = Number(values.seconds ?? ROUND_SECONDS);
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (!(seconds > 0)) throw new Error(`--seconds is ${values.seconds}; give it a number above 0.`);
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw new Error('--seed is no whole number.');
  return { seconds, seed };
}

/** A file's last words, `counted {…}`: how often it did what. */
const COUNTED = /counted (\{.*\})$/gm;

/** What all rounds did, by name. */
const totals = new Map();

function addCounts(output) {
  for (const [, counts] of output.matchAll(COUNTED)) {
    for (const [what, count] of Object.entries(JSON.parse(counts))) totals.set(what, (totals.get(what) ?? 0) + count);
  }
}

let child;
let interrupted = false;

/** Runs one round and gives what it printed, and how it ended. */
function runRound(seed, seconds) {
  return new Promise((resolve) => {
    const options = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', ...SUITES];
    const environment = {
      ...process.env,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${HEAP}`.trim(),
      WIREMUX_FUZZ_SECONDS: String(seconds),
      WIREMUX_SEED: String(seed),
    };
    const printed = [];
    child = spawn(process.execPath, options, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk));
    let hung = false;
    const timer = setTimeout(
      () => {
        hung = true;
        child.kill('SIGKILL');
      },
      (PATIENCE * seconds + GRACE_SECONDS) * 1_000,
    );
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ passed: code === 0, hung, output: Buffer.concat(printed).toString() });
    });
  });
}

process.on('SIGINT', () => {
  interrupted = true;
  child?.kill('SIGINT');
});

const { seconds, seed: firstSeed } = readOptions();
const end = Date.now() + seconds * 1_000;
let rounds = 0;
let seed = firstSeed ?? Math.floor(Math.random() * 2 ** 31);
while (Date.now() < end && !interrupted) {
  const length = Math.max(1, Math.min(ROUND_SECONDS, Math.ceil((end - Date.now()) / 1_000)));
  console.log(`round ${rounds + 1}: seed ${seed}, ${length} s a file`);
  const { passed, hung, output } = await runRound(seed, length);
  addCounts(output);
  if (interrupted) break;
  if (!passed) {
    console.log(output);
    console.log(`seed ${seed} ${hung ? 'did not come to an end' : 'failed'}. Once more:`);
    console.log(`  npm run fuzz -- --seed ${seed} --seconds ${length}`);
    process.exit(1);
  }
  rounds += 1;
  seed = (seed + 1) % 2 ** 31;
}
console.log(`${rounds} rounds passed.`);
console.table(Object.fromEntries([...totals].sort(([a], [b]) => (a < b ? -1 : 1))));
