import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandSet } from '@wiremux/server';
import { setupError } from '../errors.js';
import { firstLine, importModule } from './modules.js';

const HOW = 'export what implement() of @wiremux/server returns';

/**
 * The command sets of a list that holds sets and paths of modules. Paths are relative to `directory`.
 * @param where what to call the list in messages
 * @throws {WiremuxError} `bad-commands`
 */
export async function loadCommandSets(listed: unknown, directory: string, where: string): Promise<CommandSet[]> {
  const sets: CommandSet[] = [];
  for (const item of Array.isArray(listed) ? (listed as unknown[]) : [listed]) {
    if (isCommandSet(item)) sets.push(item);
    else if (typeof item === 'string') sets.push(...(await loadModule(resolve(directory, item))));
    else throw setupError('bad-commands', `${where} holds neither commands nor the path of a module: ${HOW}.`);
  }
  return sets;
}

async function loadModule(path: string): Promise<CommandSet[]> {
  if (!existsSync(path)) {
    throw setupError('bad-commands', `There is no module of commands ${path}: check its path.`);
  }
  const exported = await importCommands(path);
  const sets = new Set(Object.values(exported).filter(isCommandSet));
  if (sets.size === 0) throw setupError('bad-commands', `${path} exports no commands: ${HOW}.`);
  return [...sets];
}

async function importCommands(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await importModule(path);
  } catch (error) {
    throw setupError('bad-commands', `The module of commands ${path} failed: ${firstLine(error)}.`, error);
  }
}

/** By its shape, because a set may come from the module's own copy of the server package. */
function isCommandSet(value: unknown): value is CommandSet {
  if (!(value instanceof Map) || value.size === 0) return false;
  return Array.from(value.values() as Iterable<unknown>).every(
    (entry) => typeof entry === 'object' && entry !== null && 'contract' in entry && 'handler' in entry,
  );
}
