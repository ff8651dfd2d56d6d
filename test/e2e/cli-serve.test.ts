import { fileURLToPath } from 'node:url';
import type { Commands } from '@wiremux/client';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { temporaryFolder } from '../support/folder.js';
import { runWiremux, startGateway } from '../support/wiremux.js';

const COMMANDS = fileURLToPath(new URL('../support/commands.ts', import.meta.url));

const folder = temporaryFolder();
const workingDirectory = temporaryFolder();
async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}

describe('wiremux serve', () => {
  it('prints its address first, then three things to try', async () => {
    const { child, page, mux } = await startGateway();
    expect(await statusOf(`${page}livez`)).toBe(200);
    expect(await statusOf(`${page}readyz`)).toBe(200);
    child.kill('SIGTERM');
    const { stdout } = await child.ended();
    for (const tip of [page, `wiremux watch ${mux} `, `wiremux call ${mux} `]) {
      expect(stdout.split('\n').slice(1).join('\n')).toContain(tip);
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with status 0, its requests, and its port', async (signal) => {
    const { child, mux, port } = await startGateway(['--grace', '200', '--commands', COMMANDS]);
    const client = connectForTest(mux);
    const values: unknown[] = [];
    const failed = new Promise((resolve) => {
      client.call('hang', { label: signal }).subscribe({
        next: (label) => {
          values.push(label);
          child.kill(signal);
        },
        error: resolve,
      });
    });
    expect(await failed).toMatchObject({ code: 'connection-lost' });
    expect(values).toEqual([signal]);
    expect(await child.ended()).toMatchObject({ status: 0, signal: null });

    const next = await startGateway(['--port', String(port)]);
    expect(next.port).toBe(port);
  });

  it('takes options from a TypeScript file, over it from the environment, over both from flags', async () => {
    const config = folder.write(
      'wiremux.config.ts',
      `import { defineConfig } from '@wiremux/gateway';
       const answer: number = 1;
       export default defineConfig({ openRequests: answer + 1, openStreams: 3, port: 1, commands: [${JSON.stringify(COMMANDS)}] });`,
    );
    const { mux } = await startGateway(['--config', config], { env: { WIREMUX_PORT: '2', WIREMUX_OPEN_STREAMS: '5' } });
    const client = connectForTest(mux);
    expect(await firstValueFrom(client.call('greet', { name: 'you' }))).toBe('Hello you!');
    const { stdout } = await runWiremux(['call', mux, 'capabilities']);
    expect(JSON.parse(stdout)).toMatchObject({ limits: { openRequests: 2, openStreams: 5 } });
  });

  it('finds its config file in the working directory', async () => {
    workingDirectory.write('wiremux.config.json', '{ "openRequests": 7 }');
    const { mux } = await startGateway([], { cwd: workingDirectory.path });
    const { stdout } = await runWiremux(['call', mux, 'capabilities']);
    expect(JSON.parse(stdout)).toMatchObject({ limits: { openRequests: 7 } });
  });

  it('goes on when a command throws where nobody can catch it', async () => {
    const config = folder.write(
      'stray.js',
      `import { command, defineCommands, implement } from '@wiremux/server';
      const contract = defineCommands({ listener: command({}), promise: command({}) });
      export default { commands: implement(contract, {
        listener: async function* (_, { signal }) {
          signal.addEventListener('abort', () => { throw new Error('The listener broke.'); });
          yield 1;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
        promise: () => {
          void Promise.reject(new Error('Nobody waits.'));
          return 1;
        },
      }) };`,
    );
    const { child, mux } = await startGateway(['--config', config]);
    const client = connectForTest<Commands>(mux);
    expect(await firstValueFrom(client.call('listener'))).toBe(1);
    while (!(await child.errorLine()).includes('The listener broke.'));
    expect(await firstValueFrom(client.call('promise'))).toBe(1);
    while (!(await child.errorLine()).includes('Nobody waits.'));
    expect(await firstValueFrom(client.call('echo', { after: true }))).toEqual({ after: true });
  });
});

describe('wiremux serve, when it cannot', () => {
  it('says so in one sentence where the port is taken, and leaves the one who has it alone', async () => {
    const first = await startGateway();
    const ended = await runWiremux(['serve', '--port', String(first.port)]);
    expect(ended).toMatchObject({ status: 1, stdout: '' });
    expect(ended.stderr).toMatch(new RegExp(`^wiremux: port-taken: .*${first.port}.*\n$`));
    expect(await statusOf(`${first.page}livez`)).toBe(200);
  });

  it.each([
    ['syntax.ts', 'export default {', 'bad-config'],
    ['throws.js', 'throw new Error("not today");', 'bad-config'],
    ['broken.json', '{ "port": }', 'bad-config'],
    ['array.json', '[]', 'bad-config'],
    ['stranger.json', '{ "prot": 8080 }', 'unknown-option'],
    ['value.json', '{ "maxConnections": "many" }', 'bad-option'],
    ['commands.json', '{ "commands": ["./missing.js"] }', 'bad-commands'],
  ])('names what is wrong with the config file %s in one sentence', async (name, content, code) => {
    const file = folder.write(name, content);
    const ended = await runWiremux(['serve', '--port', '0', '--config', file]);
    expect(ended.stderr).toMatch(new RegExp(`^wiremux: ${code}: .*\n$`));
    expect(ended).toMatchObject({ status: 2, stdout: '' });
  });

  it.each([
    ['a config file that is not there', ['--config', '/no/such/file.json'], 'config-missing'],
    ['a port that is none', ['--port', '65536'], 'bad-option'],
    ['a number that is none', ['--port', 'http'], 'bad-option'],
    ['an unknown option', ['--prot', '1'], 'usage'],
    ['a word too many', ['8080'], 'usage'],
  ])('ends with status 2 for %s', async (_, args, code) => {
    const ended = await runWiremux(['serve', ...args]);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(new RegExp(`^wiremux: ${code}: .*\n$`));
  });

  it('ends with status 2 for a variable that does not fit', async () => {
    const ended = await runWiremux(['serve'], { env: { WIREMUX_PORT: 'http' } });
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^wiremux: bad-option: WIREMUX_PORT .*\n$/);
  });
});
