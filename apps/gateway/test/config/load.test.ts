import { join } from 'node:path';
import type { WiremuxError } from '@wiremux/framing';
import type { CommandSet } from '@wiremux/server';
import { describe, expect, it } from 'vitest';
import { type ConfigSources, loadConfig } from '../../src/config/load.js';
import { isSetupError } from '../../src/errors.js';
import { folderWith } from '../support/folder.js';
import { startGateway } from '../support/gateway.js';
import { connectMux } from '../support/mux-client.js';

const load = (cwd: string, given: Partial<ConfigSources> = {}) => loadConfig({ cwd, env: {}, flags: {}, ...given });

async function errorOf(cwd: string, given: Partial<ConfigSources> = {}): Promise<WiremuxError> {
  const error: unknown = await load(cwd, given).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isSetupError(error)) throw new Error(`not an error of setting up: ${String(error)}`);
  expect(error.message).toMatch(/^[^\n]*[^.\n]\.$/);
  return error;
}

const commandModule = (name: string, body = "'hello'") => `
import { command, defineCommands, implement } from '@wiremux/server';
import { WiremuxError } from '@wiremux/framing';
import { z } from 'zod';
const contract = defineCommands({ '${name}': command({ args: z.object({ to: z.string().default('you') }) }) });
export const handlers = implement(contract, { '${name}': ({ to }) => ${body} });
export const unrelated = new Map([[1, 2]]);
export class WiremuxErrorOfMine extends WiremuxError {}
`;

const names = (commands: unknown) => (commands as CommandSet[]).flatMap((set) => [...set.keys()]);

describe('the config file', () => {
  it.each([
    [
      'wiremux.config.ts',
      "import { defineConfig } from '@wiremux/gateway';\nconst port: number = 1;\nexport default defineConfig({ port });",
    ],
    ['wiremux.config.js', 'export default { port: 1 };'],
    ['wiremux.config.json', '{ "port": 1 }'],
  ])('%s is read from the working directory', async (name, text) => {
    const cwd = await folderWith({ [name]: text });
    const { options, file } = await load(cwd);
    expect(options.port).toBe(1);
    expect(file).toBe(join(cwd, name));
  });

  it('need not be there', async () => {
    const { options, file } = await load(await folderWith({}));
    expect(options.port).toBe(8080);
    expect(file).toBeUndefined();
  });

  it('is the TypeScript one where there are several', async () => {
    const cwd = await folderWith({
      'wiremux.config.ts': 'export default { port: 1 };',
      'wiremux.config.json': '{"port": 2}',
    });
    expect((await load(cwd)).options.port).toBe(1);
  });

  it('may be another one, by --config before WIREMUX_CONFIG', async () => {
    const cwd = await folderWith({
      'a.json': '{"port": 1}',
      'b.json': '{"port": 2}',
      'wiremux.config.json': '{"port": 3}',
    });
    const env = { WIREMUX_CONFIG: 'b.json' };
    expect((await load(cwd, { config: 'a.json', env })).options.port).toBe(1);
    expect((await load(cwd, { env })).options.port).toBe(2);
  });

  it('gives way to the environment and to flags', async () => {
    const cwd = await folderWith({ 'wiremux.config.json': '{"port": 1, "host": "a", "grace": 7}' });
    const { options } = await load(cwd, { env: { WIREMUX_PORT: '2', WIREMUX_HOST: 'b' }, flags: { port: '3' } });
    expect(options).toMatchObject({ port: 3, host: 'b', grace: 7 });
  });
});

describe('a config file that cannot be used', () => {
  it.each<[string, string, string, string, string]>([
    ['a wrong value', 'wiremux.config.json', '{"port": "x"}', 'bad-option', '`port` in'],
    ['an unknown key', 'wiremux.config.json', '{"prot": 1}', 'unknown-option', '`prot` in'],
    [
      'a limit of another name',
      'wiremux.config.ts',
      'export default { maxFrame: 1 };',
      'unknown-option',
      '`maxFrame` in',
    ],
    ['broken JSON', 'wiremux.config.json', '{"port": ', 'bad-config', 'cannot be read as JSON'],
    ['broken TypeScript', 'wiremux.config.ts', 'export default { port: ;', 'bad-config', 'Unexpected token'],
    [
      'an exception',
      'wiremux.config.ts',
      "throw new Error('no database\\n    at somewhere');",
      'bad-config',
      'no database',
    ],
    ['a thrown string', 'wiremux.config.js', "throw 'just text';", 'bad-config', 'just text'],
    ['an import that is not there', 'wiremux.config.js', "import 'no-such-package';", 'bad-config', 'no-such-package'],
    ['no default export', 'wiremux.config.ts', 'export const port = 1;', 'bad-config', 'holds no options'],
    ['a default that is no object', 'wiremux.config.js', 'export default 8080;', 'bad-config', 'holds no options'],
    ['JSON that is no object', 'wiremux.config.json', '[1]', 'bad-config', 'holds no options'],
    ['JSON that is null', 'wiremux.config.json', 'null', 'bad-config', 'holds no options'],
  ])('gives one sentence for %s', async (_, name, text, code, told) => {
    const cwd = await folderWith({ [name]: text });
    const error = await errorOf(cwd);
    expect(error.code).toBe(code);
    expect(error.message).toContain(told);
    expect(error.message).toContain(join(cwd, name));
  });

  it('gives one sentence for a file that is not there', async () => {
    const cwd = await folderWith({});
    expect(await errorOf(cwd, { config: 'none.ts' })).toMatchObject({
      code: 'config-missing',
      message: `There is no config file ${join(cwd, 'none.ts')}: check the path given with --config.`,
    });
  });

  it('gives one sentence for a folder', async () => {
    const cwd = await folderWith({ 'folder/file': '' });
    expect((await errorOf(cwd, { config: 'folder' })).code).toBe('bad-config');
  });
});

describe("the operator's commands", () => {
  it.each(['commands.ts', 'commands.js'])('are loaded from %s, relative to the config file', async (name) => {
    const cwd = await folderWith({
      [`conf/${name}`]: commandModule('greet'),
      'conf/file.json': JSON.stringify({ commands: `./${name}` }),
    });
    const { options } = await load(cwd, { config: 'conf/file.json' });
    expect(names(options.commands)).toEqual(['greet']);
  });

  it('may be sets, paths or both in a list', async () => {
    const cwd = await folderWith({
      'a.ts': commandModule('a'),
      'b.ts': commandModule('b'),
      'wiremux.config.ts': "import { handlers } from './a.js';\nexport default { commands: [handlers, 'b.ts'] };",
    });
    expect(names((await load(cwd)).options.commands)).toEqual(['a', 'b']);
  });

  it('are named by flags before the environment before the file', async () => {
    const cwd = await folderWith({
      'a.ts': commandModule('a'),
      'b.ts': commandModule('b'),
      'c.ts': commandModule('c'),
      'wiremux.config.json': '{"commands": "c.ts"}',
    });
    const env = { WIREMUX_COMMANDS: 'b.ts' };
    expect(names((await load(cwd, { flags: { commands: ['a.ts'] }, env })).options.commands)).toEqual(['a']);
    expect(names((await load(cwd, { env })).options.commands)).toEqual(['b']);
    expect(names((await load(cwd)).options.commands)).toEqual(['c']);
  });

  it('run, and their errors keep their codes', async () => {
    const cwd = await folderWith({
      'good.ts': commandModule('greet', "'hello '.concat(to)"),
      'bad.ts': commandModule('fail', "{ throw new WiremuxError('out-of-stock', 'Nothing is left.') }"),
    });
    const { options } = await load(cwd, { flags: { commands: 'good.ts,bad.ts' } });
    const { port } = await startGateway({ commands: options.commands ?? [] });
    const client = await connectMux(port);
    expect(await client.call('greet', { to: 'me' }).done).toEqual(['hello me']);
    await expect(client.call('fail').done).rejects.toMatchObject({ code: 'out-of-stock', message: 'Nothing is left.' });
  });

  it.each<[string, string, string]>([
    ['a module that exports none', 'export const nothing = 1;', 'exports no commands'],
    ['a module that exports an empty set', 'export const set = new Map();', 'exports no commands'],
    ['a module with a syntax error', 'export const = ;', 'failed:'],
    ['a module that throws', "throw new Error('no licence');", 'no licence'],
    [
      'a command without a handler',
      commandModule('greet').replace(/\{ 'greet': \(\{ to \}\).*\}/, '{}'),
      'The command `greet` has no handler',
    ],
  ])('give one sentence for %s', async (_, text, told) => {
    const cwd = await folderWith({ 'mine.ts': text });
    const error = await errorOf(cwd, { flags: { commands: 'mine.ts' } });
    expect(error.code).toBe('bad-commands');
    expect(error.message).toContain(told);
    expect(error.message).toContain(join(cwd, 'mine.ts'));
  });

  it('give one sentence for a module that is not there', async () => {
    const cwd = await folderWith({});
    expect(await errorOf(cwd, { flags: { commands: 'none.ts' } })).toMatchObject({
      code: 'bad-commands',
      message: `There is no module of commands ${join(cwd, 'none.ts')}: check its path.`,
    });
  });

  it('give one sentence for what is neither a set nor a path', async () => {
    const cwd = await folderWith({ 'wiremux.config.json': '{"commands": [7]}' });
    expect(await errorOf(cwd)).toMatchObject({ code: 'bad-commands' });
  });
});
