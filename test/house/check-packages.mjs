// Checks every publishable package as it would be published: its entries resolve, its types match, its files exist.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const publint = { command: 'publint', options: ['--pack', 'npm', '--strict'] };
const attw = { command: 'attw', options: ['--pack', '.', '--profile', 'esm-only', '--format', 'ascii'] };
const packages = [
  { folder: 'packages/framing', checks: [publint, attw] },
  { folder: 'packages/client', checks: [publint, attw] },
  { folder: 'packages/server', checks: [publint, attw] },
  { folder: 'apps/gateway', checks: [publint, attw] },
  { folder: 'apps/cli', checks: [publint, attw] },
  // Files to serve, nothing to import.
  { folder: 'apps/dashboard', checks: [publint] },
];

let failed = 0;
for (const { folder, checks } of packages) {
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
