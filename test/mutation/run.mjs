// Changes the protocol core in thousands of small ways, and says of each change whether the core's own tests notice it.
//
//     npm run mutate                       every folder that has a threshold, one to ten minutes each
//     npm run mutate -- flow stream        these folders of packages/framing/src
//
// A folder has the tests of the folders named with it, and no random ones: a rule's own test has to notice. Changes that
// survived are printed, with a JSON report beside. Exits 1 if a folder's score, in per cent of its changes that the tests
// noticed, is below its threshold: raise it when it can be, and lower it only for changes that change no behaviour.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';

const FRAMING = 'packages/framing';
const FOLDERS = {
  dialect: { tests: ['dialect'], threshold: 80 },
  flow: { tests: ['flow'], threshold: 88 },
  message: { tests: ['message'], threshold: 74 },
  // Encoders are chosen and made in tests of the reactor, which take too long here.
  stream: { tests: ['stream'], threshold: 66 },
};

process.chdir(fileURLToPath(new URL('../../', import.meta.url)));

/** The score of one folder. */
async function mutate(folder) {
  const { tests, threshold } = FOLDERS[folder];
  process.env.WIREMUX_MUTATION_TESTS = tests.map((each) => `${FRAMING}/test/${each}/**/*.test.ts`).join();
  const mutants = await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    mutate: [`${FRAMING}/src/${folder}/**/*.ts`],
    // What runs once, as tables do, would need all tests again for each of its changes.
    ignoreStatic: true,
    ignorePatterns: ['dist', 'dist-types', 'coverage'],
    // TypeScript 7 cannot be asked to rewrite its configuration, and nothing here needs that.
    tsconfigFile: 'none',
    reporters: ['clear-text', 'json'],
    clearTextReporter: { logTests: false, reportTests: false },
    jsonReporter: { fileName: `coverage/mutation-${folder}.json` },
    concurrency: availableParallelism(),
    thresholds: { high: 100, low: threshold, break: null },
  }).runMutationTest();
  const judged = mutants.filter(({ status }) => status !== 'Ignored' && !status.endsWith('Error'));
  const noticed = judged.filter(({ status }) => status === 'Killed' || status === 'Timeout');
  return (100 * noticed.length) / judged.length;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((folder) => !(folder in FOLDERS));
if (unknown.length > 0) {
  console.error(`No folder ${unknown.join(', ')}; there are ${Object.keys(FOLDERS).join(', ')}.`);
  process.exit(1);
}
const rows = [];
for (const folder of asked.length > 0 ? asked : Object.keys(FOLDERS)) {
  const begun = performance.now();
  const score = await mutate(folder);
  const minutes = (performance.now() - begun) / 60_000;
  rows.push({ folder, score: Number(score.toFixed(1)), ...FOLDERS[folder], minutes: Number(minutes.toFixed(1)) });
}
console.table(rows);
process.exit(rows.every(({ score, threshold }) => score >= threshold) ? 0 : 1);
