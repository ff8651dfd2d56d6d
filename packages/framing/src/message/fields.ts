import { isUtf8, readText, utf8Decode } from '../cbor/index.js';

/** A decoded map whose keys were text, or byte strings that are UTF-8. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for what a map with text keys decodes to (SPEC 3.1.4). */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The fields of any decoded map: keys that are no text are none that we know (SPEC 3.1.8); undefined if it is no map. */
export function asFields(value: unknown): Fields | undefined {
  if (isFields(value)) return value;
  if (!(value instanceof Map)) return undefined;
  const fields: [string, unknown][] = [];
  for (const [key, item] of value as Map<unknown, unknown>) {
    const name = asText(key);
    if (name !== undefined) fields.push([name, item]);
  }
  return Object.fromEntries(fields);
}

/** The field, or `absent` where there is none; never something inherited. */
export function field(fields: Fields, key: string, absent?: unknown): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : absent;
}

/** The text of a byte string that is UTF-8, or of a text string (SPEC 3.1.2); undefined for anything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array && isUtf8(value)) return readText(value, 0, value.length);
  return undefined;
}

/** Text for people: as {@link asText}, but bytes that are not UTF-8 become U+FFFD (SPEC 3.6.1). */
export function asProse(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? utf8Decode(value) : undefined;
}

/** The elements of an array, each read with `read`; undefined if it is no array, or an element is something else. */
export function asList<T>(value: unknown, read: (element: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list = (value as unknown[]).map((element) => read(element));
  return list.includes(undefined) ? undefined : (list as T[]);
}

/** An integer, the nearest number to one past 2^53; undefined for anything else. */
export function asInteger(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  return Number.isInteger(value) ? (value as number) : undefined;
}

/** True for an integer in the range, both ends included. */
export function isUint(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** Cuts a text to at most `most` bytes of UTF-8, at a character's edge (SPEC 3.5.3). */
export function cutText(text: string, most: number): string {
  if (text.length * 3 <= most) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    if (bytes > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}
