import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { setupError } from '../errors.js';
import { AUTHENTICATE } from './authenticate.js';
import { firstLine, importModule } from './modules.js';
import { OPTIONS } from './options.js';

/** Looked for in the working directory, in this order. */
const FILE_NAMES = ['wiremux.config.ts', 'wiremux.config.js', 'wiremux.config.json'];

/** A config file as read: its keys are options; its values are not checked yet. */
export interface ConfigFile {
  /** Absolute path. */
  readonly path: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads the config file asked for, or the one in the working directory; undefined if there is none there.
 * @throws {WiremuxError} `config-missing`, `bad-config`, `unknown-option`
 */
export async function readConfigFile(cwd: string, asked: string | undefined): Promise<ConfigFile | undefined> {
  const path = asked === undefined ? findConfig(cwd) : resolve(cwd, asked);
  if (path === undefined) return undefined;
  if (!existsSync(path)) {
    throw setupError('config-missing', `There is no config file ${path}: check the path given with --config.`);
  }
  const options = await readOptions(path);
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(OPTIONS, key) || key === 'commands' || key === AUTHENTICATE) continue;
    throw setupError(
      'unknown-option',
      `\`${key}\` in ${path} is no option: see \`wiremux serve --help\` for the list.`,
    );
  }
  return { path, options };
}

function findConfig(cwd: string): string | undefined {
  return FILE_NAMES.map((name) => resolve(cwd, name)).find((path) => existsSync(path));
}

async function readOptions(path: string): Promise<Readonly<Record<string, unknown>>> {
  const options = extname(path) === '.json' ? await readJson(path) : await readModule(path);
  if (isObject(options)) return options;
  throw setupError(
    'bad-config',
    `${path} holds no options: ${extname(path) === '.json' ? 'write' : 'export default'} one object such as { "port": 8080 }.`,
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    throw setupError('bad-config', `${path} cannot be read as JSON: ${firstLine(error)}.`, error);
  }
}

async function readModule(path: string): Promise<unknown> {
  try {
    const exported = await importModule(path);
    return exported['default'];
  } catch (error) {
    throw setupError('bad-config', `${path} failed: ${firstLine(error)}.`, error);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}
