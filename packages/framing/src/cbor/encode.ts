import { WiremuxError } from '../errors.js';
import { MAX_BIGNUM, MAX_DEPTH, MAX_NUMBER_KEYS } from './bounds.js';
import { type ByteRange, rangeOf } from './byte-range.js';
import { EncodedValue } from './encoded-value.js';
import { Major, Tag } from './head.js';
import { countNumbers } from './key-identity.js';
import { isOwn } from './own.js';
import { type CborWriter, giveWriter, takeWriter } from './writer.js';

/**
 * An application value as CBOR (SPEC 3.1): string to text, `Uint8Array` to byte string, `Map` and plain objects to maps,
 * `Set` to tag 258, safe integers and BigInt to integers (tags 2 and 3 past 64 bits), other numbers to floats. An object's
 * property whose value is undefined is left out. An {@link EncodedValue} goes as it is. Throws {@link WiremuxError}
 * `unsupported` for anything else.
 */
export function encodeValue(value: unknown): Uint8Array {
  const { bytes, from, to } = encodeRange(value);
  return bytes.subarray(from, to);
}

/** As {@link encodeValue}, without a view of the bytes; those of an {@link EncodedValue} are not copied. */
export function encodeRange(value: unknown): ByteRange {
  if (value instanceof EncodedValue) return rangeOf(value.bytes);
  const out = takeWriter();
  try {
    writeValue(out, value);
    return out.takeRange();
  } finally {
    giveWriter(out);
  }
}

/** Writes a value as {@link encodeValue} does; where it throws, part of the value is written. */
export function writeValue(out: CborWriter, value: unknown, depth = 0): void {
  switch (typeof value) {
    case 'string':
      out.text(value);
      return;
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) out.int(value);
      else out.float(value);
      return;
    case 'boolean':
      out.bool(value);
      return;
    case 'undefined':
      out.undefined();
      return;
    case 'bigint':
      writeBigInt(out, value);
      return;
    case 'object':
      if (value === null) out.null();
      else writeObject(out, value, depth);
      return;
    default:
      throw unsupported(`a ${typeof value}`);
  }
}

/** A BigInt as an integer if 64 bits hold it, else as tag 2 or 3. */
function writeBigInt(out: CborWriter, value: bigint): void {
  const magnitude = value < 0n ? -1n - value : value;
  if (magnitude < 1n << 64n) {
    out.int(value);
    return;
  }
  const hex = magnitude.toString(16);
  const digits = hex.length % 2 === 0 ? hex : `0${hex}`;
  if (digits.length > 2 * MAX_BIGNUM) throw unsupported(`an integer of more than ${MAX_BIGNUM} bytes`);
  out.head(Major.Tag, value < 0n ? Tag.NegativeBignum : Tag.PositiveBignum);
  out.bytes(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

function writeObject(out: CborWriter, value: object, depth: number): void {
  if (Object.getPrototypeOf(value) === Object.prototype) {
    // The usual case first: each of the questions below walks up its prototypes.
    checkDepth(depth);
    writeProperties(out, value as Record<string, unknown>, depth);
    return;
  }
  if (value instanceof Uint8Array) {
    out.bytes(value);
    return;
  }
  if (value instanceof EncodedValue) {
    out.raw(value.bytes);
    return;
  }
  checkDepth(depth);
  if (Array.isArray(value)) {
    const { length } = value;
    out.arrayHead(length);
    for (let index = 0; index < length; index++) writeValue(out, value[index], depth + 1);
  } else if (value instanceof Map) {
    refuseManyNumbers(value);
    out.mapHead(value.size);
    for (const [key, item] of value) {
      writeValue(out, key, depth + 1);
      writeValue(out, item, depth + 1);
    }
  } else if (value instanceof Set) {
    refuseManyNumbers(value);
    out.head(Major.Tag, Tag.Set);
    out.arrayHead(value.size);
    for (const item of value) writeValue(out, item, depth + 1);
  } else {
    refuseOpaque(value);
    writeProperties(out, value as Record<string, unknown>, depth);
  }
}

function checkDepth(depth: number): void {
  if (depth === MAX_DEPTH) throw unsupported(`what is nested deeper than ${MAX_DEPTH} levels, or contains itself`);
}

function writeProperties(out: CborWriter, object: Record<string, unknown>, depth: number): void {
  const map = out.openMap();
  let size = 0;
  // Own properties, in the form that engines know how to read without looking each of them up.
  for (const key in object) {
    if (!isOwn(object, key)) continue;
    // Read once: a getter may say something else the next time.
    const item = object[key];
    if (item === undefined) continue;
    out.text(key);
    writeValue(out, item, depth + 1);
    size++;
  }
  out.closeMap(map, size);
}

/** Refuses built-in objects whose content is not in their properties, such as Date and Promise. */
export function refuseOpaque(object: object): void {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return;
  const name = Object.prototype.toString.call(object).slice(8, -1);
  if (name === 'Object') return;
  if (name === 'Date') throw unsupported('a Date: send its number (getTime) or its string (toISOString)');
  const isMemory = ArrayBuffer.isView(object) || name === 'ArrayBuffer';
  throw unsupported(`a value of type ${name}${isMemory ? ': send a Uint8Array of its bytes' : ''}`);
}

/** Refuses a Map or Set that the receiver would have to refuse. */
export function refuseManyNumbers(keyed: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>): void {
  if (keyed.size <= MAX_NUMBER_KEYS || countNumbers(keyed.keys()) <= MAX_NUMBER_KEYS) return;
  throw unsupported(`a Map or Set with more than ${MAX_NUMBER_KEYS} numbers as keys or members: send an array`);
}

/** The error for what CBOR, or the dialect, does not carry. */
export function unsupported(what: string): WiremuxError {
  return new WiremuxError('unsupported', `Cannot encode ${what}.`);
}
