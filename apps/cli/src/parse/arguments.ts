import { fromJsonForm } from '@wiremux/client/json';
import { usageError } from '../exit-status.js';

/**
 * The arguments of a command from `--args JSON` and each `--arg k=v`, which wins over the former. Both take the JSON form
 * (`{"$bytes": …}` and its like). Throws `usage`.
 */
export function parseArguments(json: string | undefined, pairs: readonly string[]): Record<string, unknown> {
  const whole = json === undefined ? [] : Object.entries(parseObject(json));
  return Object.fromEntries([...whole, ...pairs.map(parsePair)]);
}

function parseObject(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = fromJsonForm(JSON.parse(json));
  } catch (error) {
    throw usageError(`--args is not JSON (${messageOf(error)}); write an object, as in --args '{"every": 500}'.`);
  }
  if (isPlainObject(value)) return value;
  throw usageError(`--args must be a JSON object, as in --args '{"every": 500}'.`);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function parsePair(pair: string): [name: string, value: unknown] {
  const equals = pair.indexOf('=');
  if (equals < 1) throw usageError(`--arg "${pair}" is not of the form name=value.`);
  return [pair.slice(0, equals), parseValue(pair.slice(0, equals), pair.slice(equals + 1))];
}

/** The value that `text` is in JSON, or else `text` itself. */
function parseValue(name: string, text: string): unknown {
  // JSON.parse would round it.
  if (/^-?[1-9]\d{15,}$/.test(text) && !Number.isSafeInteger(Number(text))) return BigInt(text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return text;
  }
  try {
    return fromJsonForm(parsed);
  } catch (error) {
    throw usageError(`--arg ${name}: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
