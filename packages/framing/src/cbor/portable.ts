import { MAX_DEPTH } from './error.js';
import { refuseExotic, unsupported } from './encode.js';
import { Major, Tag } from './head.js';
import { utf8Encode } from './utf8.js';
import { CborWriter } from './writer.js';

/**
 * A value in the form every dialect reads, and the one protocol maps have (SPEC 3.2): strings as byte strings, also as
 * keys, map keys sorted by the bytes of their content, definite lengths, shortest integers, tag 258 for `Set`. A
 * property whose value is undefined is left out. Throws {@link WiremuxError} `unsupported` for floats, integers past 64
 * bits, undefined elsewhere, keys other than strings, byte strings and integers, and whatever else CBOR cannot say.
 */
export function encodePortable(value: unknown): Uint8Array {
  const writer = new CborWriter();
  try {
    write(writer, value, 0);
    return writer.take();
  } catch (error) {
    writer.clear();
    throw error;
  }
}

function write(out: CborWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      out.bytes(value);
      return;
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw unsupported(`${value} in this dialect: it has integers only`);
      out.int(value);
      return;
    case 'bigint':
      if (value >= 1n << 64n || value < -(1n << 64n)) throw unsupported('an integer past 64 bits in this dialect');
      out.int(value);
      return;
    case 'boolean':
      out.bool(value);
      return;
    case 'object':
      if (value === null) out.null();
      else if (value instanceof Uint8Array) out.bytes(value);
      else writeContainer(out, value, depth);
      return;
    default:
      throw unsupported(`${typeof value} in this dialect`);
  }
}

function writeContainer(out: CborWriter, value: object, depth: number): void {
  if (depth === MAX_DEPTH) throw unsupported(`a value nested deeper than ${MAX_DEPTH} levels, or one that contains itself`);
  if (Array.isArray(value) || value instanceof Set) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [...value];
    if (value instanceof Set) out.head(Major.Tag, Tag.Set);
    out.arrayHead(items.length);
    for (const item of items) write(out, item, depth + 1);
    return;
  }
  if (!(value instanceof Map)) refuseExotic(value);
  const entries = [...(value instanceof Map ? value : Object.entries(value))].filter(([, item]) => item !== undefined).map(([key, item]) => ({ key: toKey(key), item }));
  entries.sort((left, right) => compareKeys(left.key, right.key));
  out.mapHead(entries.length);
  for (const { key, item } of entries) {
    write(out, key, depth + 1);
    write(out, item, depth + 1);
  }
}

type Key = Uint8Array | number | bigint;

function toKey(key: unknown): Key {
  if (typeof key === 'string') return utf8Encode(key);
  if (key instanceof Uint8Array || typeof key === 'number' || typeof key === 'bigint') return key;
  throw unsupported(`a map key that is neither string nor bytes nor integer in this dialect`);
}

/** Integers by value, then byte strings byte by byte. */
function compareKeys(left: Key, right: Key): number {
  if (!(left instanceof Uint8Array)) return right instanceof Uint8Array ? -1 : left < right ? -1 : 1;
  if (!(right instanceof Uint8Array)) return 1;
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    const difference = (left[at] as number) - (right[at] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
