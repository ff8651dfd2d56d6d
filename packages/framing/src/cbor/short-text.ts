import { isUtf8, utf8Decode, utf8Read } from './utf8.js';

/** Longer text goes to the platform's decoder, which is slower to call and faster to run. */
export const SHORT_TEXT = 24;
/** Slots of the cache; with {@link SHORT_TEXT} it bounds what peers can make it hold to some 50 KiB. */
const SLOTS = 1024;

/** Short ASCII texts seen last. Keys and symbols repeat from row to row: finding one here is cheaper than making it. */
const cache: string[] = new Array<string>(SLOTS).fill('');

/** The text of `bytes[from, to)`; undefined if they are not UTF-8. */
export function readText(bytes: Uint8Array, from: number, to: number): string | undefined {
  const length = to - from;
  if (length > SHORT_TEXT) return utf8Read(bytes.subarray(from, to));
  let hash = length;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte > 0x7f) return isUtf8(bytes, at, to) ? utf8Decode(bytes.subarray(from, to)) : undefined;
    hash = Math.imul(hash, 31) + byte;
  }
  const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
  const known = cache[slot] as string;
  if (known.length === length && sameText(known, bytes, from)) return known;
  const text = asciiText(bytes, from, length);
  cache[slot] = text;
  return text;
}

/** Arrays to hand over the characters of short texts in, one of each length. */
const units: readonly number[][] = Array.from({ length: SHORT_TEXT + 1 }, (_, length) =>
  new Array<number>(length).fill(0),
);

function asciiText(bytes: Uint8Array, from: number, length: number): string {
  const codes = units[length] as number[];
  for (let index = 0; index < length; index++) codes[index] = bytes[from + index] as number;
  return String.fromCharCode(...codes);
}

/** Whether the ASCII text is what the bytes from `from` on say. */
export function sameText(text: string, bytes: Uint8Array, from: number): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) !== bytes[from + index]) return false;
  }
  return true;
}
