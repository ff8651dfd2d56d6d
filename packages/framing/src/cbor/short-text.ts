import { utf8Decode } from './utf8.js';

/** Longer text goes to the platform's decoder, which is slower to call and faster to run. */
const SHORT = 24;
/** Slots of the cache; with {@link SHORT} it bounds what peers can make it hold to some 50 KiB. */
const SLOTS = 1024;

/** Short ASCII texts seen last. Keys and symbols repeat from row to row: finding one here is cheaper than making it. */
const cache: string[] = new Array<string>(SLOTS).fill('');

/** The text of `bytes[from, to)`, which must be UTF-8. */
export function readText(bytes: Uint8Array, from: number, to: number): string {
  const length = to - from;
  if (length > SHORT) return utf8Decode(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
  let hash = length;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte > 0x7f) return utf8Decode(bytes.subarray(from, to));
    hash = Math.imul(hash, 31) + byte;
  }
  const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
  const known = cache[slot] as string;
  if (known.length === length && matches(known, bytes, from)) return known;
  const text = String.fromCharCode.apply(undefined, bytes.subarray(from, to) as unknown as number[]);
  cache[slot] = text;
  return text;
}

function matches(text: string, bytes: Uint8Array, from: number): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) !== bytes[from + index]) return false;
  }
  return true;
}
