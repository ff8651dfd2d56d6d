import type { WiremuxError } from '@wiremux/framing';
import { setupError } from '../errors.js';
import { flagOf, type Option, parseText, variableOf } from './option.js';
import { OPTIONS } from './options.js';
import type { GatewaySettings } from './settings.js';

/** Flags as a command line parser gives them, by the option's name. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value and the words for where it came from. */
interface Given {
  readonly value: unknown;
  readonly where: string;
}

/** The places an option may be set in, the strongest first. */
export interface Sources {
  readonly flags: Flags;
  readonly env: Environment;
  /** Options from a file or a caller, and what to call it in messages. */
  readonly object: Readonly<Record<string, unknown>>;
  readonly objectName: string;
}

/**
 * The value of every setting: flag before environment before file or caller before default.
 * @throws {WiremuxError} `bad-option`, naming the place of the value that does not fit
 */
export function resolveSettings(sources: Sources): GatewaySettings {
  const names = Object.keys(OPTIONS) as (keyof GatewaySettings)[];
  const entries = names.map((name) => [name, resolveOption<unknown>(name, OPTIONS[name], sources)]);
  return Object.fromEntries(entries) as GatewaySettings;
}

/**
 * The value of one option, and its default where nobody gave one.
 * @throws {WiremuxError} `bad-option`
 */
export function resolveOption<Value>(name: string, option: Option<Value>, sources: Sources): Value {
  const given = findGiven(name, option, sources);
  if (given === undefined) return option.default;
  const result = option.schema.safeParse(given.value);
  if (!result.success) throw badOption(given, option);
  return result.data;
}

function findGiven(name: string, option: Option<unknown>, sources: Sources): Given | undefined {
  const flag = sources.flags[name];
  if (flag !== undefined) {
    const items = typeof flag === 'string' ? [flag] : flag;
    const value = typeof items === 'boolean' ? items : parseText(option.form, items.join(','));
    return { value, where: flagOf(name) };
  }
  const variable = sources.env[variableOf(name)];
  // An empty variable is how shells and compose files say that it is not set.
  if (variable) return { value: parseText(option.form, variable), where: variableOf(name) };
  const value = sources.object[name];
  return value === undefined ? undefined : { value, where: `\`${name}\` in ${sources.objectName}` };
}

function badOption(given: Given, option: Option<unknown>): WiremuxError {
  if (option.secret) return setupError('bad-option', `${given.where} must be ${option.expects}.`);
  return setupError('bad-option', `${given.where} is ${show(given.value)}, but must be ${option.expects}.`);
}

/** A value in an error message, cut to a readable length. */
function show(value: unknown): string {
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? `a ${typeof value}`);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
