import { MAX_NUMBER_KEYS } from './bounds.js';
import { type CborError, CborErrorCode } from './error.js';
import { readFloat } from './float.js';
import { argumentWidth, BREAK, INDEFINITE, Major, readArgument, Simple, Tag } from './head.js';
import { countNumbers, isNumber, KeyIdentity } from './key-identity.js';
import { readText } from './short-text.js';
import { isUtf8 } from './utf8.js';

const DUPLICATE = 'A map has the same key twice.';
const NUMBERS = `A map or set has more than ${MAX_NUMBER_KEYS} numbers as keys or members.`;

/** The size of a map that ends with a break. */
const OPEN: number = Number.POSITIVE_INFINITY;

/**
 * Builds values from bytes the scanner has accepted. Does not check them again; nothing but arrays, plain objects,
 * `Map`, `Set`, `Uint8Array` views, strings, numbers, BigInt, booleans, null and undefined is ever made (SPEC 3.1).
 */
export class Materializer {
  /** What the scanner leaves open: a key said twice, or too many numbers as keys. The value is then of no use. */
  error: CborError | undefined;
  readonly #bytes: Uint8Array;
  /** Where the value starts, from which error offsets count. */
  readonly #start: number;
  #at: number;
  /** Where the keys of the maps being read are, those of the innermost last; how many of them. */
  readonly #keysAt: number[] = [];
  #keys = 0;
  #identity: KeyIdentity | undefined;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#start = at;
    this.#at = at;
  }

  /** No value is left. */
  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next value. */
  read(): unknown {
    const bytes = this.#bytes;
    const initial = bytes[this.#at++] as number;
    const info = initial & 31;
    const major = initial >> 5;
    if (major === Major.Simple) return this.#simple(info);
    let argument = info;
    if (info > 23 && info !== INDEFINITE) {
      const width = argumentWidth(info);
      argument = readArgument(bytes, this.#at, width);
      if (width === 8 && major < Major.Bytes) return this.#wide(major);
      this.#at += width;
    }
    switch (major) {
      case Major.Unsigned:
        return argument;
      case Major.Negative:
        return -1 - argument;
      case Major.Bytes:
        return info === INDEFINITE ? this.#bytePieces() : this.#view(argument);
      case Major.Text:
        return info === INDEFINITE ? this.#textPieces() : this.#text(argument);
      case Major.Array:
        return info === INDEFINITE ? this.#openArray() : this.#array(argument);
      case Major.Map:
        return this.#map(info === INDEFINITE ? OPEN : argument);
      default:
        return this.#tagged(argument);
    }
  }

  #simple(info: number): unknown {
    switch (info) {
      case Simple.False:
        return false;
      case Simple.True:
        return true;
      case Simple.Null:
        return null;
      case Simple.Undefined:
        return undefined;
      default: {
        const width = argumentWidth(info);
        const value = readFloat(this.#bytes, this.#at, width);
        this.#at += width;
        return value;
      }
    }
  }

  /** An integer of eight bytes: exact as a number, or else a BigInt. */
  #wide(major: number): number | bigint {
    const high = readArgument(this.#bytes, this.#at, 4);
    const low = readArgument(this.#bytes, this.#at + 4, 4);
    this.#at += 8;
    const near = high * 2 ** 32 + low;
    if (major === Major.Unsigned) {
      return near <= Number.MAX_SAFE_INTEGER ? near : (BigInt(high) << 32n) | BigInt(low);
    }
    return near < Number.MAX_SAFE_INTEGER ? -1 - near : -1n - ((BigInt(high) << 32n) | BigInt(low));
  }

  #view(length: number): Uint8Array {
    const { buffer, byteOffset } = this.#bytes;
    const view = new Uint8Array(buffer, byteOffset + this.#at, length);
    this.#at += length;
    return view;
  }

  #text(length: number): string {
    const from = this.#at;
    this.#at += length;
    return readText(this.#bytes, from, this.#at);
  }

  #bytePieces(): Uint8Array {
    const pieces = this.#openArray() as Uint8Array[];
    const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  #textPieces(): string {
    return this.#openArray().join('');
  }

  #array(length: number): unknown[] {
    const items = new Array<unknown>(length);
    for (let index = 0; index < length; index++) items[index] = this.read();
    return items;
  }

  #openArray(): unknown[] {
    const items: unknown[] = [];
    while (!this.#endedByBreak()) items.push(this.read());
    return items;
  }

  #endedByBreak(): boolean {
    if (this.#bytes[this.#at] !== BREAK) return false;
    this.#at++;
    return true;
  }

  /** A plain object while all keys are strings, a Map from the first key on that is not. */
  #map(size: number): unknown {
    const object: Record<string, unknown> = {};
    const outer = this.#keys;
    for (let count = 0; size === OPEN ? !this.#endedByBreak() : count < size; count++) {
      const keyAt = this.#at;
      const key = this.#key();
      if (typeof key !== 'string') return this.#mixedMap(object, this.#takeKeys(outer), key, size - count);
      if (Object.hasOwn(object, key)) this.#refuse(CborErrorCode.DuplicateKey, DUPLICATE, keyAt);
      this.#keysAt[this.#keys++] = keyAt;
      const value = this.read();
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      } else {
        object[key] = value;
      }
    }
    this.#keys = outer;
    return object;
  }

  /** Where the keys of the map being read are, which is no plain object; those before `outer` are of maps around it. */
  #takeKeys(outer: number): number[] {
    const keysAt = this.#keysAt.slice(outer, this.#keys);
    this.#keys = outer;
    return keysAt;
  }

  /** A key: byte strings that are UTF-8 become strings. */
  #key(): unknown {
    const initial = this.#bytes[this.#at] as number;
    const length = initial & 31;
    // As most are: no view of the bytes is made.
    if (initial >> 5 === Major.Bytes && length < 24) {
      const from = this.#at + 1;
      if (!isUtf8(this.#bytes, from, from + length)) return this.read();
      this.#at++;
      return this.#text(length);
    }
    const key = this.read();
    if (!(key instanceof Uint8Array) || !isUtf8(key)) return key;
    return readText(key, 0, key.length);
  }

  /**
   * Goes on as a Map: the entries read so far, then from `key` on `left` more. Byte string keys stay what they are, so
   * string keys are read again. Others must not be: keys nested in keys would each double the work.
   */
  #mixedMap(object: Record<string, unknown>, keyOffsets: readonly number[], key: unknown, left: number): unknown {
    this.#identity ??= new KeyIdentity();
    const identity = this.#identity;
    const seen = new Set([identity.of(key)]);
    const map = new Map<unknown, unknown>();
    const goOn = this.#at;
    for (const keyAt of keyOffsets) {
      this.#at = keyAt;
      const name = this.#key() as string;
      seen.add(identity.of(name));
      map.set(this.#reread(keyAt), object[name]);
    }
    this.#at = goOn;
    map.set(key, this.read());
    let numbers = isNumber(key) ? 1 : 0;
    for (let count = 1; left === OPEN ? !this.#endedByBreak() : count < left; count++) {
      const keyAt = this.#at;
      const next = this.#key();
      const own = identity.of(next);
      if (seen.has(own)) this.#refuse(CborErrorCode.DuplicateKey, DUPLICATE, keyAt);
      seen.add(own);
      if (isNumber(next) && ++numbers > MAX_NUMBER_KEYS) this.#refuse(CborErrorCode.TooManyItems, NUMBERS, keyAt);
      const original = typeof next === 'string' ? this.#reread(keyAt) : next;
      const value = this.read();
      if (this.error === undefined) map.set(original, value);
    }
    return map;
  }

  #set(): Set<unknown> {
    const at = this.#at;
    const members = this.read() as unknown[];
    if (countNumbers(members) <= MAX_NUMBER_KEYS) return new Set(members);
    this.#refuse(CborErrorCode.TooManyItems, NUMBERS, at);
    return new Set();
  }

  #reread(at: number): unknown {
    this.#at = at;
    return this.read();
  }

  /** Notes the first fault. Reading goes on to the value's end, since only its bytes lead out of it. */
  #refuse(code: CborErrorCode, message: string, at: number): void {
    this.error ??= { code, message, offset: at - this.#start };
  }

  #tagged(tag: number): unknown {
    if (tag === Tag.Set) return this.#set();
    const digits = this.read() as Uint8Array;
    let hex = '0x0';
    for (const byte of digits) hex += byte.toString(16).padStart(2, '0');
    return tag === Tag.PositiveBignum ? BigInt(hex) : -1n - BigInt(hex);
  }
}
