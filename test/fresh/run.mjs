// Does what the README tells a newcomer to do, as on a machine that has nothing but Node, npm and git: clones HEAD into
// an empty folder, with an empty HOME and a PATH of node, npm, npx, git and sh, and runs `npm test` and `npm start`.
// Arguments are the folders whose tests are run, of all without any. The last line counts the steps.
import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MINUTE = 60_000;
/** Settings a machine may need to reach a registry at all; everything else of the environment is left behind. */
const NETWORK = /^(https?_proxy|no_proxy|all_proxy|ssl_cert_(file|dir)|node_extra_ca_certs|git_ssl_cainfo)$/i;

const place = mkdtempSync(join(tmpdir(), 'wiremux-fresh-'));
const clone = join(place, 'wiremux');

function findOnPath(command) {
  for (const folder of process.env.PATH.split(delimiter)) {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return realpathSync(join(folder, command));
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`\`${command}\` is not on the PATH.`);
}

/** The environment of a newcomer: an empty home, and a PATH of five commands. npx comes with npm; git made the clone. */
function makeEnvironment() {
  const bin = join(place, 'bin');
  const home = join(place, 'home');
  const temporary = join(place, 'tmp');
  for (const folder of [bin, home, temporary]) mkdirSync(folder);
  symlinkSync(process.execPath, join(bin, 'node'));
  for (const command of ['npm', 'npx', 'git', 'sh']) symlinkSync(findOnPath(command), join(bin, command));
  const network = Object.entries(process.env).filter(([name]) => NETWORK.test(name));
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  return { ...Object.fromEntries(network), npm_config_registry: registry, PATH: bin, HOME: home, TMPDIR: temporary };
}

/** Commands started here and not yet ended. */
const running = new Set();

/** Starts a command as the leader of its own process group, so that all it started can be ended with it. */
function start(command, args, stdio) {
  const child = spawn(command, args, { cwd: clone, env, stdio, detached: true });
  running.add(child);
  return child;
}

/** Ends a command's whole group, if any of it still runs. */
function endGroup(child) {
  running.delete(child);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

/** Ends all that was started and removes all that was written. */
function cleanUp() {
  for (const child of running) endGroup(child);
  rmSync(place, { recursive: true, force: true });
}

/** Resolves with what `promise` gives, or rejects once `ms` have passed. */
function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms / 1000} s.`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The exit status of `child`, or the signal that ended it. */
function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve(status ?? signal));
  });
}

/** Runs a command to its end and gives its stdout; rejects when it fails. */
async function run(ms, command, args, stdout = 'inherit') {
  const child = start(command, args, ['ignore', stdout, 'inherit']);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  try {
    const status = await within(ms, [command, ...args].join(' '), exitOf(child));
    if (status !== 0) throw new Error(`\`${[command, ...args].join(' ')}\` ended with ${status}.`);
    return text;
  } finally {
    endGroup(child);
  }
}

/** The address in the first line the gateway prints; npm's own banner (blank lines and `> …`) comes before it. */
async function addressOf(gateway) {
  for await (const line of createInterface({ input: gateway.stdout })) {
    if (line === '' || line.startsWith('> ')) continue;
    const address = /^wiremux listening on (http:\/\/127\.0\.0\.1:\d+\/)$/.exec(line)?.[1];
    if (address === undefined) throw new Error(`The first line was: ${line}`);
    return address;
  }
  throw new Error('It ended without printing a line.');
}

function expect(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

const counts = { passed: 0, failed: 0 };

/** One step with its result; gives `undefined` when it failed. */
async function step(title, body) {
  const began = performance.now();
  let value;
  let reason = '';
  try {
    value = await body();
    counts.passed += 1;
  } catch (error) {
    counts.failed += 1;
    reason = `: ${error.message}`;
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`fresh: ${reason === '' ? 'ok    ' : 'FAILED'} ${title} (${seconds} s)${reason}`);
  return value;
}

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const changes = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });
console.log(`fresh: commit ${commit}${changes === '' ? '' : ', without the changes not yet committed'}, in ${place}`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    cleanUp();
    process.exit(1);
  });
}

const env = makeEnvironment();
try {
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { stdio: 'inherit' });
  await step('`npm test` installs, builds and passes', () =>
    run(12 * MINUTE, 'npm', ['test', '--', ...process.argv.slice(2)]),
  );

  const gateway = start('npm', ['start', '--', '--port', '0'], ['ignore', 'pipe', 'inherit']);
  const exit = exitOf(gateway);
  const address = await step('`npm start -- --port 0` prints its address first', () =>
    within(3 * MINUTE, '`npm start`', addressOf(gateway)),
  );
  if (address !== undefined) {
    gateway.stdout.resume();
    await step('it serves the page', async () => {
      const page = await fetch(address, { signal: AbortSignal.timeout(MINUTE) });
      const type = page.headers.get('content-type') ?? '';
      expect(page.ok && type.startsWith('text/html'), `GET / gave ${page.status} ${type}`);
    });
    await step('it is alive', async () => {
      const { status } = await fetch(`${address}livez`, { signal: AbortSignal.timeout(MINUTE) });
      expect(status === 200, `GET /livez gave ${status}`);
    });
    await step('`npx wiremux call` gets an answer', async () => {
      const url = `${address.replace('http:', 'ws:')}mux`;
      const text = await run(MINUTE, 'npx', ['wiremux', 'call', url, 'echo', '--arg', 'said=hello'], 'pipe');
      expect(text === '{"said":"hello"}\n', `it printed ${JSON.stringify(text)}`);
    });
    await step('SIGTERM to npm ends it cleanly', async () => {
      process.kill(gateway.pid, 'SIGTERM');
      const status = await within(MINUTE / 4, 'Stopping', exit);
      expect(status === 0, `npm ended with ${status}`);
      const answer = await fetch(address).catch(() => undefined);
      expect(answer === undefined, 'the gateway still answers');
    });
  }
} finally {
  cleanUp();
}

console.log(`fresh: ${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
