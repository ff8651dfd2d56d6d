import { DEFAULT_LIMITS, WiremuxError } from '@wiremux/framing';

/** What `JSON.parse` returns and `JSON.stringify` keeps. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What says a JSON object stands for something else; a real key that starts with it gets one more. */
const MARK = '$';

/** A number JSON has no digits for, by its name. */
const FLOATS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;

/** Decimal digits of the largest integer read: parsing takes time with the square of their number. */
const INTEGER_DIGITS = 4_096;

/** Bytes turned into one string at a time, below what engines take as arguments of one call. */
const PIECE = 8_192;

/**
 * A wiremux value as JSON, losslessly: `fromJsonForm` gives an equal value back. What JSON lacks becomes an object with one
 * key: `{"$bytes":"<base64>"}` a `Uint8Array`, `{"$int":"…"}` a BigInt (as answers have past 2^53),
 * `{"$float":"NaN|Infinity|-Infinity|-0"}`, `{"$map":[[k,v],…]}` a `Map`, `{"$set":[…]}` a `Set`, `{"$undefined":true}`.
 * A real key that starts with `$` gets one more `$`. A property that is undefined is left out, as on the wire.
 * Throws {@link WiremuxError} `unsupported`, naming the place, for what no frame carries (dates, functions, other typed arrays)
 * and for nesting past the CBOR depth limit.
 */
export function toJsonForm(value: unknown): JsonValue {
  return write(value, '', 0);
}

/**
 * The value a JSON form stands for; the inverse of {@link toJsonForm}. An object keyed by an unknown or lone `$…` is refused
 * rather than taken for data. Integers past 2^53 written as JSON numbers are what `JSON.parse` made of them: write `$int`.
 * Throws {@link WiremuxError} `bad-arguments` whose message names the place and whose data is `{ path }`, e.g. `rows[2].id`.
 */
export function fromJsonForm(json: unknown): unknown {
  return read(json, '', 0);
}

function write(value: unknown, path: string, depth: number): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : marked('float', nameOfFloat(value));
    case 'bigint':
      return marked('int', value.toString());
    case 'undefined':
      return marked('undefined', true);
    case 'object':
      return value === null ? null : writeObject(value, path, depth);
    default:
      throw unsupported(`a ${typeof value}`, path);
  }
}

function writeObject(value: object, path: string, depth: number): JsonValue {
  if (value instanceof Uint8Array) return marked('bytes', toBase64(value));
  if (depth === DEFAULT_LIMITS.cborDepth) throw unsupported(`more than ${depth} levels`, path);
  if (Array.isArray(value)) return writeItems(value, path, depth);
  if (value instanceof Set) return marked('set', writeItems([...value], path, depth));
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item], index) => [
      write(key, `${path}[${index}][0]`, depth + 1),
      write(item, `${path}[${index}][1]`, depth + 1),
    ]);
    return marked('map', pairs);
  }
  const name = Object.prototype.toString.call(value).slice(8, -1);
  if (name !== 'Object') throw unsupported(`a value of type ${name}`, path);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key.startsWith(MARK) ? MARK + key : key, write(item, join(path, key), depth + 1)]),
  );
}

function writeItems(items: readonly unknown[], path: string, depth: number): JsonValue[] {
  return Array.from(items, (item, index) => write(item, `${path}[${index}]`, depth + 1));
}

function nameOfFloat(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function marked(form: string, content: JsonValue): JsonValue {
  return { [MARK + form]: content };
}

function read(json: unknown, path: string, depth: number): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return readItems(json, path, depth);
  const entries = Object.entries(json);
  const form = entries.find(([key]) => key.startsWith(MARK) && key[1] !== MARK);
  if (form !== undefined) return readForm(form[0], form[1], entries.length, path, depth);
  checkDepth(path, depth);
  return Object.fromEntries(
    entries.map(([key, item]) => {
      const name = key.startsWith(MARK) ? key.slice(1) : key;
      return [name, read(item, join(path, name), depth + 1)];
    }),
  );
}

function readItems(items: readonly unknown[], path: string, depth: number): unknown[] {
  checkDepth(path, depth);
  return items.map((item, index) => read(item, `${path}[${index}]`, depth + 1));
}

function readForm(key: string, content: unknown, keys: number, path: string, depth: number): unknown {
  if (keys > 1) throw refused(path, `has other keys beside ${key}; a key that really starts with $ is written $${key}`);
  switch (key.slice(1)) {
    case 'bytes':
      if (typeof content !== 'string' || !BASE64.test(content)) throw refused(path, 'needs padded base64 in $bytes');
      return fromBase64(content);
    case 'int':
      if (typeof content !== 'string' || content.length > INTEGER_DIGITS || !INTEGER.test(content)) {
        throw refused(path, `needs a decimal integer of at most ${INTEGER_DIGITS} digits, as a string, in $int`);
      }
      return BigInt(content);
    case 'float': {
      const value = typeof content === 'string' ? FLOATS.get(content) : undefined;
      if (value === undefined) throw refused(path, `needs one of ${[...FLOATS.keys()].join(', ')} in $float`);
      return value;
    }
    case 'map':
      if (!Array.isArray(content) || !content.every(isPair))
        throw refused(path, 'needs an array of [key, value] in $map');
      checkDepth(path, depth);
      return new Map(content.map((pair, index) => readPair(pair, `${path}[${index}]`, depth + 1)));
    case 'set':
      if (!Array.isArray(content)) throw refused(path, 'needs an array in $set');
      return new Set(readItems(content, path, depth));
    case 'undefined':
      if (content !== true) throw refused(path, 'needs true in $undefined');
      return undefined;
    default:
      throw refused(path, `has the unknown form ${key}; a key that really starts with $ is written $${key}`);
  }
}

function isPair(item: unknown): item is readonly [unknown, unknown] {
  return Array.isArray(item) && item.length === 2;
}

function readPair(pair: readonly [unknown, unknown], path: string, depth: number): [unknown, unknown] {
  return [read(pair[0], `${path}[0]`, depth), read(pair[1], `${path}[1]`, depth)];
}

function checkDepth(path: string, depth: number): void {
  if (depth === DEFAULT_LIMITS.cborDepth) throw refused(path, `is nested deeper than ${depth} levels; flatten it`);
}

function toBase64(bytes: Uint8Array): string {
  let latin1 = '';
  for (let at = 0; at < bytes.length; at += PIECE) latin1 += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(latin1);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function refused(path: string, what: string): WiremuxError {
  return new WiremuxError('bad-arguments', `${path === '' ? 'The value' : path} ${what}.`, { data: { path } });
}

function unsupported(what: string, path: string): WiremuxError {
  return new WiremuxError(
    'unsupported',
    `${path === '' ? 'The value' : path} is ${what}, which JSON form has no place for.`,
  );
}
