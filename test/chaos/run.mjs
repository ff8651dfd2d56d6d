// What a bad network, slow readers and lying clients do to a gateway and its other clients.
//
//     npm run chaos                                  every scenario: a minute each, 500 broken connections, 1,000 readers
//     npm run chaos -- --seconds 600 --cuts 2000     longer, and until so many connections broke
//     npm run chaos -- --seed 17                     begins with the network of that seed, which is that of the next round
//     npm run chaos -- --soak                        an hour
//
// All of a scenario runs in one process against one gateway, whose memory is printed round by round and may not grow
// past a bound. What fails is printed with what the network did, in bytes, and how to run it again; exit status 1.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const HOUR = 3_600;

/** By the names of the options: the variable that the tests read, and what it is unless told. */
const NUMBERS = {
  seed: ['WIREMUX_SEED', () => Math.floor(Math.random() * 2 ** 20)],
  seconds: ['WIREMUX_CHAOS_SECONDS', ({ soak }) => (soak ? HOUR : 60)],
  cuts: ['WIREMUX_CHAOS_CUTS', () => 500],
  readers: ['WIREMUX_CHAOS_READERS', () => 1_000],
  growth: ['WIREMUX_CHAOS_GROWTH', () => 192],
};

function readOptions() {
  const options = Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, { type: 'string' }]));
  const { values } = parseArgs({ options: { ...options, soak: { type: 'boolean', default: false } } });
  return Object.entries(NUMBERS).map(([name, [variable, fallback]]) => {
    const value = values[name] === undefined ? fallback(values) : Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new Error(`--${name} is ${values[name]}; give it a whole number, 0 or more.`);
    }
    return { name, variable, value };
  });
}

/** Runs the scenarios and shows what they tell as they do; resolves with whether they passed, and all they printed. */
function run(settings) {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', 'test/chaos'],
      {
        cwd: root,
        env: {
          ...process.env,
          ...Object.fromEntries(settings.map(({ variable, value }) => [variable, String(value)])),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    const printed = [];
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed.push(text);
      const lines = (line + text).split('\n');
      line = lines.pop();
      for (const each of lines) if (each.startsWith('chaos: ')) console.log(each.slice('chaos: '.length));
    });
    child.stderr.setEncoding('utf8').on('data', (text) => printed.push(text));
    child.on('close', (code) => resolve({ passed: code === 0, output: printed.join('') }));
  });
}

const settings = readOptions();
const command = `npm run chaos -- ${settings.map(({ name, value }) => `--${name} ${value}`).join(' ')}`;
console.log(command);
const { passed, output } = await run(settings);
if (!passed) {
  console.log(output);
  console.log(`It failed. Once more:\n  ${command}`);
  process.exit(1);
}
console.log('All scenarios passed.');
