// Checks every publishable package as it would be published: its entries resolve, its types match, its files exist.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const packages = ['packages/framing', 'packages/client', 'packages/server', 'apps/gateway', 'apps/cli'];
const checks = [
  { command: 'publint', options: ['--pack', 'npm', '--strict'] },
  { command: 'attw', options: ['--pack', '.', '--profile', 'esm-only', '--format', 'ascii'] },
];

let failed = 0;
for (const folder of packages) {
  for (const { command, options } of checks) {
    const { status, stdout, stderr } = spawnSync(`${root}node_modules/.bin/${command}`, options, {
      cwd: root + folder,
      encoding: 'utf8',
    });
    console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${command} ${folder}`);
    if (status === 0) continue;
    failed += 1;
    console.log(`${stdout}${stderr}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
