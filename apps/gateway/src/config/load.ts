import { dirname } from 'node:path';
import type { CommandSet } from '@wiremux/server';
import { resolveAuthenticate } from './authenticate.js';
import { loadCommandSets } from './command-modules.js';
import { readConfigFile } from './file.js';
import { flagOf, variableOf } from './option.js';
import { COMMANDS_OPTION } from './options.js';
import { type Environment, type Flags, resolveOption, resolveSettings, type Sources } from './resolve.js';
import type { GatewayOptions } from './settings.js';

/** Where {@link loadConfig} looks. */
export interface ConfigSources {
  /** Working directory: where the config file is looked for, and what relative paths are relative to. */
  readonly cwd: string;
  /** Config file asked for by name; undefined: the variable `WIREMUX_CONFIG`, else `wiremux.config.{ts,js,json}`. */
  readonly config?: string | undefined;
  readonly env: Environment;
  /** Values of flags by the option's name; undefined ones were not given. */
  readonly flags: Flags;
}

/** What {@link loadConfig} found. */
export interface LoadedConfig {
  /** A value for every setting, the operator's commands in the order they were listed, and who may connect. */
  readonly options: GatewayOptions;
  /** Absolute path of the config file, if there was one. */
  readonly file: string | undefined;
}

/**
 * Reads flags, environment and config file; the earlier wins.
 * @throws {WiremuxError} with a code of `SETUP_ERRORS` and one sentence that says what to mend
 */
export async function loadConfig({ cwd, config, env, flags }: ConfigSources): Promise<LoadedConfig> {
  const file = await readConfigFile(cwd, config ?? (env[variableOf('config')] || undefined));
  const sources: Sources = { flags, env, object: file?.options ?? {}, objectName: file?.path ?? 'the config file' };
  const settings = resolveSettings(sources);
  const authenticate = resolveAuthenticate(sources);
  const commands = await loadCommands(sources, cwd, file?.path);
  return { options: { ...settings, commands, authenticate }, file: file?.path };
}

async function loadCommands(sources: Sources, cwd: string, file: string | undefined): Promise<CommandSet[]> {
  const isOutsideFile = sources.flags['commands'] !== undefined || Boolean(sources.env[variableOf('commands')]);
  if (isOutsideFile) {
    const paths = resolveOption('commands', COMMANDS_OPTION, sources);
    return await loadCommandSets(paths, cwd, `${flagOf('commands')} or ${variableOf('commands')}`);
  }
  const listed = sources.object['commands'];
  if (listed === undefined || file === undefined) return [];
  return await loadCommandSets(listed, dirname(file), `\`commands\` in ${file}`);
}
