// Changes the protocol core in thousands of small ways, and says of each change whether the core's own tests notice it.
//
//     npm run mutate                        every folder that has a threshold, one to ten minutes each
//     npm run mutate -- flow cbor/scan      this folder of packages/framing/src, and this file of one
//     npm run mutate -- --concurrency 1 …   on one core
//
// A folder has the tests of the folders named with it, and few random values: a rule's own test has to notice. Changes
// that survived are printed, with a JSON report beside; what has not changed since the last run is not tried again. Exits
// 1 if a score, in per cent of the changes that the tests noticed, is below the folder's threshold: raise it when it can
// be, and lower it only for changes that change no behaviour. Folders without one are large: ask for their files.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const FRAMING = 'packages/framing';
const FOLDERS = {
  // Compared with another decoder, thousands of random values find what no test of a rule would have to.
  cbor: { tests: ['cbor'], except: ['well-formedness'] },
  dialect: { tests: ['dialect'], threshold: 80 },
  flow: { tests: ['flow'], threshold: 88 },
  frame: { tests: ['frame'] },
  inspect: { tests: ['inspect'] },
  message: { tests: ['message'], threshold: 74 },
  // Encoders are chosen and made in tests of the reactor, which take too long here.
  stream: { tests: ['stream'], threshold: 66 },
};

process.chdir(fileURLToPath(new URL('../../', import.meta.url)));

/** The score of one folder, or of one file of it. */
async function mutate(target, concurrency) {
  const [folder, file] = target.split('/');
  const { tests, except = [], threshold = 0 } = FOLDERS[folder];
  process.env.WIREMUX_MUTATION_TESTS = tests.map((each) => `${FRAMING}/test/${each}/**/*.test.ts`).join();
  process.env.WIREMUX_MUTATION_EXCEPT = except.map((name) => `**/${name}.test.ts`).join();
  const report = `coverage/mutation-${target.replace('/', '-')}`;
  const mutants = await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    mutate: [`${FRAMING}/src/${folder}/${file === undefined ? '**/*' : file}.ts`],
    // What runs once, as tables do, would need all tests again for each of its changes.
    ignoreStatic: true,
    ignorePatterns: ['dist', 'dist-types', 'coverage'],
    // TypeScript 7 cannot be asked to rewrite its configuration, and nothing here needs that.
    tsconfigFile: 'none',
    incremental: true,
    incrementalFile: `${report}.incremental.json`,
    reporters: ['clear-text', 'json', 'progress-append-only'],
    clearTextReporter: { logTests: false, reportTests: false },
    jsonReporter: { fileName: `${report}.json` },
    concurrency,
    thresholds: { high: 100, low: threshold, break: null },
  }).runMutationTest();
  const judged = mutants.filter(({ status }) => status !== 'Ignored' && !status.endsWith('Error'));
  const noticed = judged.filter(({ status }) => status === 'Killed' || status === 'Timeout');
  return (100 * noticed.length) / judged.length;
}

const { values, positionals: asked } = parseArgs({
  options: { concurrency: { type: 'string', default: String(availableParallelism()) } },
  allowPositionals: true,
});
const unknown = asked.filter((target) => !(target.split('/')[0] in FOLDERS));
if (unknown.length > 0) {
  console.error(`No folder ${unknown.join(', ')}; there are ${Object.keys(FOLDERS).join(', ')}.`);
  process.exit(1);
}
const usual = Object.keys(FOLDERS).filter((folder) => 'threshold' in FOLDERS[folder]);
const rows = [];
for (const target of asked.length > 0 ? asked : usual) {
  const begun = performance.now();
  const score = await mutate(target, Number(values.concurrency));
  const minutes = (performance.now() - begun) / 60_000;
  const { threshold = 0 } = FOLDERS[target.split('/')[0]];
  rows.push({ target, score: Number(score.toFixed(1)), threshold, minutes: Number(minutes.toFixed(1)) });
}
console.table(rows);
process.exit(rows.every(({ score, threshold }) => score >= threshold) ? 0 : 1);
