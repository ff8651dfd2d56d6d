import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleSizes } from './bundle.js';
import { PEERS, peerByName } from './peers/index.js';
import { runWork } from './process/run-work.js';
import { pageReport } from './report/page.js';
import type { Results, Round } from './report/results.js';
import { amount, textReport } from './report/text.js';
import { versionsOf } from './versions.js';
import { WORKS, workloadByName } from './workloads/index.js';

const HELP = `Compares wiremux with others, side by side: server and client in processes of their own, in alternating rounds.

  npm run bench -- [options]

  --rounds N        rounds, at least 5 for figures to quote (default 5)
  --work NAMES      only these, separated by commas: ${WORKS.map(({ name }) => name).join(', ')}
  --peers NAMES     only these, separated by commas: ${PEERS.map(({ name }) => name).join(', ')}
  --warm MS         how long it is done before, unmeasured (default 2000)
  --measure MS      how long each figure is measured (default 1500)
  --json FILE       where the results go (default bench.json)
  --page FILE       also as a page with plots
  --help
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    work: { type: 'string' },
    peers: { type: 'string' },
    warm: { type: 'string', default: '2000' },
    measure: { type: 'string', default: '1500' },
    json: { type: 'string', default: 'bench.json' },
    page: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await bench();

async function bench(): Promise<void> {
  const works = values.work?.split(',').map((name) => workloadByName(name.trim())) ?? WORKS;
  const peers = values.peers?.split(',').map((name) => peerByName(name.trim())) ?? PEERS;
  const times = { warmFor: Number(values.warm), measureFor: Number(values.measure) };
  const rounds: Round[] = [];
  const results: Results = {
    began: new Date().toISOString(),
    node: process.version,
    cpus: { model: cpus()[0]?.model ?? 'unknown', count: cpus().length },
    peers: peers.map(({ name, about, packages }) => ({ name, about, versions: versionsOf(packages) })),
    metrics: works.flatMap(({ metrics }) => metrics),
    rounds,
    bundles: await bundleSizes(),
  };
  for (let round = 1; round <= Number(values.rounds); round++) {
    const found: Record<string, Record<string, number>> = {};
    rounds.push(found);
    for (const work of works) {
      // Who goes first changes: a machine that warms up or slows down favours nobody.
      const order = peers.map((_, at) => peers[(at + round) % peers.length] ?? peers[0]);
      for (const peer of order) {
        if (peer === undefined) continue;
        const line = `round ${round}  ${work.name}  ${peer.name}: `;
        try {
          const result = (await runWork(peer, work, times)) ?? {};
          for (const [key, value] of Object.entries(result)) {
            found[key] = { ...found[key], [peer.name]: value };
          }
          const told = Object.values(result).map(amount).join(', ');
          process.stderr.write(`${line}${told === '' ? 'not one of its features' : told}\n`);
        } catch (thrown) {
          process.stderr.write(`${line}failed: ${(thrown as Error).message}\n`);
          process.exitCode = 1;
        }
      }
    }
    writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  }
  for (const { name, about, versions } of results.peers) {
    process.stdout.write(`${name}: ${[about, ...versions].join('; ')}\n`);
  }
  process.stdout.write(`\n${textReport(results)}\n\nWritten to ${values.json}.\n`);
  if (values.page !== undefined) writeFileSync(values.page, pageReport(results));
}
