import { MAX_DEPTH } from './bounds.js';
import { refuseManyNumbers, refuseOpaque, unsupported } from './encode.js';
import { EncodedValue } from './encoded-value.js';
import { Major, Tag } from './head.js';
import { isAscii, latin1, utf8Encode } from './utf8.js';
import type { CborWriter } from './writer.js';

const LEAST_INT = -(1n << 64n);
const MOST_INT = (1n << 64n) - 1n;

/**
 * Writes a value in the form every dialect reads, which is the one protocol maps have (SPEC 3.2): strings as byte strings,
 * also as keys; map keys sorted by the bytes of their content; definite lengths, shortest integers; tag 258 for a `Set`.
 * Entries whose value is undefined are left out; an {@link EncodedValue} goes as it is. Throws {@link WiremuxError}
 * `unsupported` for floats, integers past 64 bits, undefined elsewhere, keys that are not strings, byte strings or
 * integers, and all that {@link writeValue} refuses; part of the value is written then.
 */
export function writePortable(out: CborWriter, value: unknown, depth = 0): void {
  switch (typeof value) {
    case 'string':
      out.bytes(value);
      return;
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw unsupported('a number that is no safe integer');
      out.int(value);
      return;
    case 'bigint':
      if (value < LEAST_INT || value > MOST_INT) throw unsupported('an integer past 64 bits');
      out.int(value);
      return;
    case 'boolean':
      out.bool(value);
      return;
    case 'object':
      if (value === null) out.null();
      else if (value instanceof Uint8Array) out.bytes(value);
      else if (value instanceof EncodedValue) out.raw(value.bytes);
      else writeContainer(out, value, depth);
      return;
    default:
      throw unsupported(value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function writeContainer(out: CborWriter, value: object, depth: number): void {
  if (depth === MAX_DEPTH) throw unsupported(`what is nested deeper than ${MAX_DEPTH} levels, or contains itself`);
  if (Array.isArray(value)) {
    writeItems(out, value, depth);
  } else if (value instanceof Set) {
    refuseManyNumbers(value);
    out.head(Major.Tag, Tag.Set);
    writeItems(out, [...value], depth);
  } else if (value instanceof Map) {
    refuseManyNumbers(value);
    writeEntries(out, value, depth);
  } else {
    refuseOpaque(value);
    writeEntries(out, Object.entries(value), depth);
  }
}

function writeItems(out: CborWriter, items: readonly unknown[], depth: number): void {
  out.arrayHead(items.length);
  for (const item of items) writePortable(out, item, depth + 1);
}

function writeEntries(out: CborWriter, entries: Iterable<readonly [unknown, unknown]>, depth: number): void {
  const sorted: Entry[] = [];
  for (const [key, item] of entries) {
    if (item !== undefined) sorted.push({ key, item, order: keyOrder(key) });
  }
  sorted.sort(compareEntries);
  out.mapHead(sorted.length);
  for (const { key, item } of sorted) {
    writePortable(out, key, depth + 1);
    writePortable(out, item, depth + 1);
  }
}

interface Entry {
  readonly key: unknown;
  readonly item: unknown;
  /** An integer key, or a character for each byte of a string key. */
  readonly order: number | bigint | string;
}

function keyOrder(key: unknown): number | bigint | string {
  if (typeof key === 'string') return isAscii(key) ? key : latin1(utf8Encode(key));
  if (key instanceof Uint8Array) return latin1(key);
  if (typeof key === 'number' || typeof key === 'bigint') return key;
  throw unsupported('a map key that is not a string, a byte string or an integer');
}

/** Integers by value, then strings byte by byte. */
function compareEntries({ order: left }: Entry, { order: right }: Entry): number {
  const leftIsString = typeof left === 'string';
  if (leftIsString !== (typeof right === 'string')) return leftIsString ? 1 : -1;
  if (left < right) return -1;
  if (right < left) return 1;
  throw unsupported('a map with the same key twice');
}
