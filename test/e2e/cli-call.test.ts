import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { abortOf } from '../support/aborts.js';
import { connectForTest } from '../support/clients.js';
import { temporaryFolder } from '../support/folder.js';
import { type GatewayProcess, runWiremux, startGateway, startWiremux } from '../support/wiremux.js';

const COMMANDS = fileURLToPath(new URL('../support/commands.ts', import.meta.url));

const folder = temporaryFolder();
let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await startGateway(['--commands', COMMANDS]);
});

/** `wiremux call` against the gateway of these tests. */
function call(command: string, args: readonly string[] = [], input?: string | Uint8Array) {
  return runWiremux(['call', gateway.mux, command, ...args], input === undefined ? {} : { input });
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const ok = (stdout: string) => ({ status: 0, signal: null, stdout, stderr: '' });

describe('wiremux call', () => {
  it('prints one line of JSON a value, and nothing else', async () => {
    expect(await call('count', ['--arg', 'to=3'])).toEqual(ok('0\n1\n2\n'));
    expect(await call('nothing')).toEqual(ok(''));
  });

  it('SPEC 8.11.10, 8.11.15 sends an idempotency key, where there are any', async () => {
    const key = ['--idempotency-key', 'a'];
    expect(await call('count', ['--arg', 'to=1', ...key])).toEqual(ok('0\n'));
    expect(await call('count', ['--arg', 'to=1', '--idempotency-key', 'a'.repeat(65)])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('wiremux: bad-arguments: An idempotency key has 1 to 64 bytes'),
    });
    expect(await call('count', ['--arg', 'to=1', ...key, '--dialect', 'exp-framing-0006'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('wiremux: unsupported: '),
    });
  });

  it('runs the built-in commands', async () => {
    const { stdout } = await call('rows', ['--arg', 'count=2']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object))).toEqual([
      ['id', 'symbol', 'price', 'size', 'side'],
      ['id', 'symbol', 'price', 'size', 'side'],
    ]);
    expect(await call('echo', ['--arg', 'said=hello'])).toEqual(ok('{"said":"hello"}\n'));
  });

  it('reads and prints what JSON lacks in its own form', async () => {
    const form = {
      $$key: [1.5, null, true],
      big: { $int: '1152921504606846976' },
      bytes: { $bytes: 'AQI=' },
      map: { $map: [[1, 'one']] },
      odd: { $float: 'NaN' },
    };
    expect(await call('same', ['--args', JSON.stringify(form)])).toEqual(ok(`${JSON.stringify(form)}\n`));
  });

  it('lets --arg win over --args, and reads JSON in it', async () => {
    const given = ['--args', '{"a":1,"b":2}', '--arg', 'b=[3]', '--arg', 'c=plain text', '--arg', 'd="4"'];
    expect(await call('same', given)).toEqual(ok('{"a":1,"b":[3],"c":"plain text","d":"4"}\n'));
  });

  it.each(['http:', 'ws:'])('finds /mux by itself in a %s address', async (scheme) => {
    const url = `${scheme}//127.0.0.1:${gateway.port}`;
    expect(await runWiremux(['call', url, 'greet', '--arg', 'name=you'])).toEqual(ok('"Hello you!"\n'));
  });

  it.each(['0005', '0006', 'exp-framing-0006', 'wiremux.1'])('speaks %s', async (dialect) => {
    const args = ['--dialect', dialect, '--arg', 'name=Zoë'];
    expect(await call('greet', args)).toEqual(ok('"Hello Zoë!"\n'));
    expect(await call('measure', ['--dialect', dialect, '--data', '-'], randomBytes(300_000))).toEqual(ok('300000\n'));
  });

  it.each(['0002', 'exp-framing-0002', '0003', 'exp-framing-0003'])(
    'speaks %s, where text comes as bytes',
    async (dialect) => {
      const greeting = Buffer.from('Hello Zoë!').toString('base64');
      expect(await call('greet', ['--dialect', dialect, '--arg', 'name=Zoë'])).toEqual(
        ok(`{"$bytes":"${greeting}"}\n`),
      );
    },
  );

  it.each(['0006', 'wiremux.1'])('speaks %s over HTTP', async (dialect) => {
    const args = ['--transport', 'http', '--dialect', dialect];
    expect(await call('greet', [...args, '--arg', 'name=Zoë'])).toEqual(ok('"Hello Zoë!"\n'));
    expect(await call('measure', [...args, '--data', '-'], randomBytes(300_000))).toEqual(ok('300000\n'));
  });

  it('prints text output on stderr, without progress where there is no terminal', async () => {
    expect(await call('narrate', ['--arg', 'steps=3'])).toEqual({
      ...ok('3\n'),
      stderr: '3 steps to go\ndone\n',
    });
    expect(await call('narrate', ['--arg', 'steps=3', '--quiet'])).toEqual(ok('3\n'));
  });

  it('uploads a file and stdin', async () => {
    const bytes = randomBytes(3 * 1024 * 1024 + 5);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const line = `${JSON.stringify({ algorithm: 'sha256', digest, bytes: bytes.length })}\n`;
    const file = folder.write('data.bin', bytes);
    expect(await call('digest', ['--data', file])).toEqual(ok(line));
    expect(await call('digest', ['--data', '-'], bytes)).toEqual(ok(line));
  });

  it('ends when the command has answered, however much of stdin is left', async () => {
    const child = startWiremux(['call', gateway.mux, 'taste', '--arg', 'bytes=10', '--data', '-']);
    child.stdin.write(Buffer.alloc(20));
    expect(await child.ended()).toEqual(ok('20\n'));
  });
});

describe('SPEC 3.4.8 wiremux call --output', () => {
  const SIZE = 20 * 1024 * 1024;

  it.each(['wiremux.1', '0006'])('saves a byte string of any length in %s', async (dialect) => {
    const file = join(folder.path, `blob-${dialect}`);
    const args = ['--arg', `bytes=${SIZE}`, '--arg', 'whole=true', '--dialect', dialect];
    expect(await call('blob', [...args, '--output', file])).toEqual(ok(''));
    const saved = readFileSync(file);
    expect(saved).toHaveLength(SIZE);
    expect(
      saved.equals(
        Buffer.alloc(
          SIZE,
          Uint8Array.from({ length: 256 }, (_, at) => at),
        ),
      ),
    ).toBe(true);
    const whole = await call('blob', args);
    expect(whole).toMatchObject({ status: 1, stdout: '' });
    expect(whole.stderr).toMatch(/^wiremux: too-big: .*\n$/);
  });

  it('replaces the file, and prints the other values', async () => {
    const file = folder.write('download', 'x'.repeat(1_000));
    const args = ['--arg', 'name=n', '--arg', 'size=300', '--output', file];
    expect(await call('download', args)).toEqual(ok('"n"\n300\n'));
    expect([...readFileSync(file)]).toEqual(Array.from({ length: 300 }, (_, at) => at % 251));
  });

  it('leaves the file as it was when no bytes come, and empties it for an answer without any', async () => {
    const file = folder.write('kept', 'before');
    expect(await call('crash', ['--output', file])).toMatchObject({ status: 1 });
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(await call('nothing', ['--output', file])).toEqual(ok(''));
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('writes to stdout what is nothing but bytes', async () => {
    const args = ['--arg', 'pieces=2', '--arg', 'piece=100', '--arg', 'sized=false', '--output', '-'];
    const piece = String.fromCharCode(...Array.from({ length: 100 }, (_, at) => at));
    expect(await call('pour', args)).toEqual(ok(piece + piece));
    const mixed = await call('download', ['--arg', 'name=n', '--arg', 'size=3', '--output', '-']);
    expect(mixed).toMatchObject({ status: 1, stdout: '' });
    expect(mixed.stderr).toMatch(/^wiremux: unsupported: .*--output.*\n$/);
  });

  it.each([
    ['/no/such/folder/file', /no such file/],
    ['/', /a folder/],
  ])('says that it cannot write %s', async (file, why) => {
    const ended = await call('nothing', ['--output', file]);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^wiremux: usage: .*\n$/);
    expect(ended.stderr).toMatch(why);
  });
});

describe('wiremux call, when it goes wrong', () => {
  it('prints the values before an error, and the error with its code', async () => {
    expect(await call('fail', ['--arg', 'code=out-of-stock', '--arg', 'after=2'])).toEqual({
      status: 1,
      signal: null,
      stdout: '0\n1\n',
      stderr: 'wiremux: out-of-stock: It fails as it was told to.\n',
    });
  });

  it.each([
    ['an unknown command', ['no-such'], /^wiremux: unknown-command: .*no-such.*\n$/],
    ['wrong arguments', ['greet', '--arg', 'name=5'], /^wiremux: bad-arguments: .*name.*\n$/],
    ['a wrong built-in argument', ['digest', '--arg', 'algorithm=rot13'], /^wiremux: bad-arguments: .*algorithm.*\n$/],
    [
      'data for a command that takes none',
      ['greet', '--arg', 'name=a', '--data', '-'],
      /^wiremux: [a-z-]+: .*data.*\n$/,
    ],
    ['a timeout', ['hang', '--arg', 'label=timed', '--timeout', '300ms'], /^wiremux: timeout: .*300.*\n$/],
  ])('%s ends with status 1 and one sentence', async (_, args, sentence) => {
    const [command = '', ...rest] = args;
    const ended = await call(command, rest);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.status).toBe(1);
  });

  it.each([
    ['no command at all', []],
    ['an unknown subcommand', ['cal']],
    ['an unknown option', ['call', 'ws://127.0.0.1:1', 'echo', '--timeuot', '5s']],
    ['a missing argument', ['call', 'ws://127.0.0.1:1']],
    ['one argument too many', ['call', 'ws://127.0.0.1:1', 'echo', 'hello']],
    ['an address that is none', ['call', 'localhost:8080', 'echo']],
    ['an argument without a value', ['call', 'ws://127.0.0.1:1', 'echo', '--arg', 'hello']],
    ['arguments that are not JSON', ['call', 'ws://127.0.0.1:1', 'echo', '--args', '{hello}']],
    ['a duration that is none', ['call', 'ws://127.0.0.1:1', 'echo', '--timeout', 'soon']],
    ['a dialect not spoken', ['call', 'ws://127.0.0.1:1', 'echo', '--dialect', '0001']],
    ['a transport that is none', ['call', 'ws://127.0.0.1:1', 'echo', '--transport', 'pigeon']],
    ['a file that is not there', ['call', 'ws://127.0.0.1:1', 'digest', '--data', '/no/such/file']],
    ['a folder for a file', ['call', 'ws://127.0.0.1:1', 'digest', '--data', '/']],
  ])('%s ends with status 2', async (title, args) => {
    const ended = await runWiremux(args);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(title === 'no command at all' ? /^Usage: wiremux/ : /^wiremux: usage: .*\n$/);
  });

  it('nobody listening ends with status 3', async () => {
    const ended = await runWiremux(['call', `ws://127.0.0.1:${await freePort()}/mux`, 'echo']);
    expect(ended).toMatchObject({ status: 3, stdout: '' });
    expect(ended.stderr).toMatch(/^wiremux: connect-failed: .*\n$/);
  });

  it('nobody listening over HTTP ends with status 3 too', async () => {
    const url = `ws://127.0.0.1:${await freePort()}/mux`;
    const ended = await runWiremux(['call', url, 'echo', '--transport', 'http']);
    expect(ended).toMatchObject({ status: 3, stdout: '' });
    expect(ended.stderr).toMatch(/^wiremux: connect-failed: .*\n$/);
  });

  it('a path where no gateway is ends with status 3', async () => {
    const ended = await runWiremux(['call', `${gateway.mux}x`, 'echo']);
    expect(ended).toMatchObject({ status: 3, stdout: '' });
    expect(ended.stderr).toMatch(/^wiremux: connect-failed: .*\n$/);
  });

  it('a connection lost ends with status 3', async () => {
    const lost = await startGateway(['--commands', COMMANDS]);
    const child = startWiremux(['call', lost.mux, 'hang', '--arg', 'label=lost']);
    expect(await child.line()).toBe('"lost"');
    await lost.child.destroy();
    const ended = await child.ended();
    expect(ended).toMatchObject({ status: 3, signal: null });
    expect(ended.stderr).toMatch(/^wiremux: connection-lost: .*\n$/);
  });
});

describe('wiremux call, ended from outside', () => {
  it('Ctrl-C cancels the command, and ends with status 130 without a word', async () => {
    const child = startWiremux(['call', gateway.mux, 'hang', '--arg', 'label=interrupted']);
    expect(await child.line()).toBe('"interrupted"');
    child.kill('SIGINT');
    expect(await child.ended()).toEqual({ status: 130, signal: null, stdout: '"interrupted"\n', stderr: '' });
    expect(await abortOf(connectForTest(gateway.mux), 'interrupted')).toBe('aborted');
  });

  it('Ctrl-C over HTTP ends the exchange', async () => {
    const child = startWiremux(['call', gateway.mux, 'hang', '--arg', 'label=unplugged', '--transport', 'http']);
    expect(await child.line()).toBe('"unplugged"');
    child.kill('SIGINT');
    expect(await child.ended()).toEqual({ status: 130, signal: null, stdout: '"unplugged"\n', stderr: '' });
    expect(await abortOf(connectForTest(gateway.mux), 'unplugged')).toBe('connection-lost');
  });

  it('Ctrl-C ends it while nobody takes its values', async () => {
    const child = startWiremux(['call', gateway.mux, 'flood', '--arg', 'label=stuck', '--arg', 'size=10000']);
    await child.line();
    child.pauseStdout();
    const mux = connectForTest(gateway.mux);
    child.kill('SIGINT');
    expect(await abortOf(mux, 'stuck')).toBe('aborted');
    child.resumeStdout();
    expect(await child.ended()).toMatchObject({ status: 130, stderr: '' });
  });

  it('Ctrl-C waits for a command that does not stop, but not for long', async () => {
    const child = startWiremux(['call', gateway.mux, 'stubborn']);
    await child.line();
    child.kill('SIGINT');
    expect(await child.ended()).toEqual({ status: 130, signal: null, stdout: 'null\n', stderr: '' });
  });

  it('SIGTERM cancels the command too', async () => {
    const child = startWiremux(['call', gateway.mux, 'hang', '--arg', 'label=terminated']);
    await child.line();
    child.kill('SIGTERM');
    expect(await child.ended()).toMatchObject({ status: 143, stderr: '' });
    expect(await abortOf(connectForTest(gateway.mux), 'terminated')).toBe('aborted');
  });

  it('killing it fires the signal of the handler', async () => {
    const child = startWiremux(['call', gateway.mux, 'hang', '--arg', 'label=killed']);
    await child.line();
    child.kill('SIGKILL');
    expect(await abortOf(connectForTest(gateway.mux), 'killed')).toBe('connection-lost');
  });

  it('a reader that goes away cancels the command, and is no error', async () => {
    const child = startWiremux(['call', gateway.mux, 'flood', '--arg', 'label=piped', '--arg', 'size=100']);
    await child.line();
    child.closeStdout();
    expect(await child.ended()).toMatchObject({ status: 0, signal: null, stderr: '' });
    expect(await abortOf(connectForTest(gateway.mux), 'piped')).toBe('aborted');
  });

  it('a reader that takes no more holds the command up', async () => {
    const size = 10_000;
    const child = startWiremux(['call', gateway.mux, 'flood', '--arg', 'label=slow', '--arg', `size=${size}`]);
    await child.line();
    child.pauseStdout();
    const mux = connectForTest(gateway.mux);
    let sent = 0;
    // Each answer takes a turn of the gateway: time enough for a flood that does not wait to run away.
    for (let turn = 0; turn < 200; turn += 1) sent = await firstValueFrom(mux.call('flooded', { label: 'slow' }));
    expect(sent * size).toBeLessThan(2 * 1024 * 1024);
    child.kill('SIGINT');
    child.resumeStdout();
    expect(await child.ended()).toMatchObject({ status: 130 });
  });
});

describe('wiremux watch', () => {
  it('prints each value as a line where there is no terminal', async () => {
    const child = startWiremux(['watch', gateway.mux, 'host.metrics', '--arg', 'every=50']);
    const lines = [await child.line(), await child.line(), await child.line()];
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([0, 1, 2]);
    child.kill('SIGINT');
    expect(await child.ended()).toMatchObject({ status: 130, stderr: '' });
  });

  it('ends with its command', async () => {
    expect(await runWiremux(['watch', gateway.mux, 'count', '--arg', 'to=2'])).toEqual(ok('0\n1\n'));
  });
});

describe('wiremux', () => {
  it('tells its version and its help', async () => {
    expect(await runWiremux(['--version'])).toEqual(ok('0.1.0\n'));
    const help = await runWiremux(['--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: wiremux/);
    for (const command of ['serve', 'call', 'watch', 'frames']) {
      expect(help.stdout).toContain(`\n  ${command} `);
      const ofCommand = await runWiremux([command, '--help']);
      expect(ofCommand).toMatchObject({ status: 0, stderr: '' });
      expect(ofCommand.stdout).not.toContain('[object');
    }
  });
});
