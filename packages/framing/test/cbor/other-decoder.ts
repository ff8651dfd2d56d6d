import { type DecodeOptions, decode } from 'cborg';
import { type CborErrorCode, isUtf8, utf8Decode } from '../../src/cbor/index.js';
import { toHex } from './support.js';

/** Reasons to refuse what is well-formed, or what the other decoder lets pass. */
export const OUR_RULES: readonly CborErrorCode[] = [
  'forbidden-tag',
  'duplicate-key',
  'bad-utf8',
  'too-deep',
  'too-many-items',
  'too-big',
];

/** What the other decoder cannot do: strings in chunks. */
export const NO_CHUNKS = 'indefinite length bytes/strings are not supported';

/** True of bytes in which there may be a byte order mark: the other decoder drops one at the start of a text. */
export function hasMark(bytes: Uint8Array): boolean {
  return toHex(bytes).includes('efbbbf');
}

function bigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`);
}

const options: DecodeOptions = {
  useMaps: true,
  // Else it takes a break for a map's value, and forgets it when the key comes again.
  rejectDuplicateMapKeys: true,
  tags: {
    2: (content) => bigInt(content() as Uint8Array),
    3: (content) => -1n - bigInt(content() as Uint8Array),
    258: (content) => new Set(content() as unknown[]),
  },
};

/** What a decoder makes of bytes. */
export type Verdict = { readonly value: unknown } | { readonly refused: string };

/** What cborg, the other decoder, makes of one item, in the form of {@link comparable}. */
export function otherVerdict(bytes: Uint8Array): Verdict {
  try {
    const value = comparable(decode(bytes, options));
    // It takes a break for a map's value.
    return JSON.stringify(value).includes('Symbol(BREAK)') ? { refused: 'break' } : { value };
  } catch (error) {
    return { refused: String(error) };
  }
}

/** A form in which both decoders say the same: maps as entries, byte string keys that are UTF-8 as text. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: toHex(value) };
  if (Array.isArray(value)) return { array: value.map(comparable) };
  // Its empty byte strings are all the same object, and in a set one member.
  if (value instanceof Set) {
    return { set: [...new Map([...value].map(comparable).map((item) => [JSON.stringify(item), item])).values()] };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    const pairs = entries.map(([key, item]) => [JSON.stringify(comparableKey(key)), comparable(item)] as const);
    return { map: pairs.sort(([left], [right]) => (left < right ? -1 : 1)) };
  }
  return `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;
}

function comparableKey(key: unknown): unknown {
  if (key instanceof Uint8Array && isUtf8(key)) return comparable(utf8Decode(key));
  return comparable(Object.is(key, -0) ? 0 : key);
}
