import { isUtf8, utf8Decode } from '../cbor/index.js';

/** A decoded map whose keys were text, or byte strings that are UTF-8. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for what a map with text keys decodes to (SPEC 3.1.4). */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The field, or undefined; never something inherited. */
export function field(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** The text of a byte string that is UTF-8, or of a text string (SPEC 3.1.2); undefined for anything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array && isUtf8(value)) return utf8Decode(value);
  return undefined;
}

/** The texts of an array; undefined if it is none, or an element is no text. */
export function asTexts(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts: string[] = [];
  for (const element of value as unknown[]) {
    const text = asText(element);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts;
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
