import { type CborLimits, MAX_BIGNUM, MAX_DEPTH, MAX_NUMBER_KEYS } from './bounds.js';
import { type CborError, CborErrorCode } from './error.js';
import { readFloat } from './float.js';
import { argumentWidth, BREAK, INDEFINITE, Major, readArgument, Simple, Tag } from './head.js';
import { countNumbers, isNumber, KeyIdentity } from './key-identity.js';
import { KeyStep } from './key-steps.js';
import { readText } from './short-text.js';
import { isUtf8, utf8Decode } from './utf8.js';

const DUPLICATE = 'A map has the same key twice.';
const NUMBERS = `A map or set has more than ${MAX_NUMBER_KEYS} numbers as keys or members.`;

const NOTHING = new Uint8Array(0);
/** The size of a map that ends with a break. */
const OPEN = -1;

/** What {@link materializer} gives for bytes that are no whole value; a `Scanner` tells what is wrong with them. */
export const NO_VALUE: unique symbol = Symbol('no value');

/**
 * Builds values in one pass over their bytes, and accepts just what the scanner does (SPEC 3.1). Nothing but arrays, plain
 * objects, `Map`, `Set`, `Uint8Array` views, strings, numbers, BigInt, booleans, null and undefined is ever made.
 */
class Materializer {
  /** Where the last value ended. */
  end = 0;
  /** What the scanner leaves open: a key said twice, or too many numbers as keys. The value is then of no use. */
  error: CborError | undefined;
  #bytes: Uint8Array = NOTHING;
  /** Where the value starts, from which error offsets count. */
  #start = 0;
  #at = 0;
  #to = 0;
  /** Items and levels that the value may still have. */
  #items = 0;
  #levels = 0;
  /** It goes past its bytes or bounds, or is malformed: nothing more is read of it. */
  #failed = false;
  /** The key whose value is being read, if it and those before it are known. */
  #step: KeyStep | undefined;
  /** Where the keys of the maps being read are, those of the innermost last; how many of them. */
  readonly #keysAt: number[] = [];
  #keys = 0;
  #identity: KeyIdentity | undefined;

  /** The value that begins at `from` and ends at {@link end}, or {@link NO_VALUE}. Byte strings are views of `bytes`. */
  read(bytes: Uint8Array, from: number, to: number, limits: CborLimits): unknown {
    this.error = undefined;
    this.#bytes = bytes;
    this.#start = from;
    this.#at = from;
    this.#to = Math.min(to, from + limits.bytes);
    this.#items = limits.items - 1;
    this.#levels = Math.min(limits.depth, MAX_DEPTH);
    this.#failed = false;
    this.#step = undefined;
    this.#keys = 0;
    this.#identity = undefined;
    const value = this.#item();
    this.#bytes = NOTHING;
    this.end = this.#at;
    return this.#failed ? NO_VALUE : value;
  }

  #item(): unknown {
    if (this.#at >= this.#to) return this.#fail();
    const bytes = this.#bytes;
    const initial = bytes[this.#at++] as number;
    const info = initial & 31;
    const major = initial >> 5;
    if (major === Major.Simple) return this.#simple(info);
    let argument = info;
    if (info > 23) {
      if (info > 27) return info === INDEFINITE ? this.#open(major) : this.#fail();
      const width = argumentWidth(info);
      if (width > this.#to - this.#at) return this.#fail();
      if (width === 8 && major < Major.Bytes) return this.#wide(major);
      argument = readArgument(bytes, this.#at, width);
      this.#at += width;
    }
    switch (major) {
      case Major.Unsigned:
        return argument;
      case Major.Negative:
        return -1 - argument;
      case Major.Bytes:
        return this.#view(argument);
      case Major.Text:
        return this.#text(argument);
      case Major.Array:
        return this.#array(argument);
      case Major.Map:
        return this.#map(argument);
      default:
        return this.#tagged(argument);
    }
  }

  /** An item of indefinite length. */
  #open(major: number): unknown {
    switch (major) {
      case Major.Bytes:
        return this.#bytePieces();
      case Major.Text:
        return this.#pieces(Major.Text).join('');
      case Major.Array:
        return this.#openArray();
      case Major.Map:
        return this.#map(OPEN);
      default:
        return this.#fail();
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
      case Simple.Float16:
      case Simple.Float32:
      case Simple.Float64:
        return this.#float(argumentWidth(info));
      default:
        return this.#fail();
    }
  }

  #float(width: number): number | undefined {
    const at = this.#at;
    if (width > this.#to - at) return this.#fail();
    this.#at = at + width;
    return readFloat(this.#bytes, at, width);
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

  #view(length: number): Uint8Array | undefined {
    const from = this.#at;
    if (length > this.#to - from) return this.#fail();
    const { buffer, byteOffset } = this.#bytes;
    this.#at = from + length;
    return new Uint8Array(buffer, byteOffset + from, length);
  }

  #text(length: number): string | undefined {
    const from = this.#at;
    if (length > this.#to - from) return this.#fail();
    this.#at = from + length;
    return readText(this.#bytes, from, from + length) ?? this.#fail();
  }

  #bytePieces(): Uint8Array | undefined {
    const pieces = this.#pieces(Major.Bytes) as Uint8Array[];
    if (this.#failed) return undefined;
    const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** The pieces of a string up to its break; each says its length. */
  #pieces(major: number): unknown[] {
    const pieces: unknown[] = [];
    while (!this.#endedByBreak()) {
      const initial = this.#bytes[this.#at] as number;
      if (initial >> 5 === major && (initial & 31) !== INDEFINITE) pieces.push(this.#counted());
      else this.#fail();
    }
    return pieces;
  }

  #array(length: number): unknown[] | undefined {
    if (!this.#enter(length)) return undefined;
    const items = new Array<unknown>(length);
    for (let index = 0; index < length; index++) items[index] = this.#item();
    this.#levels++;
    return items;
  }

  #openArray(): unknown[] | undefined {
    if (!this.#enter(0)) return undefined;
    const items: unknown[] = [];
    while (!this.#endedByBreak()) items.push(this.#counted());
    this.#levels++;
    return items;
  }

  /** Enters an array or map of so many items; false if there cannot be as many, or it is too deep. */
  #enter(items: number): boolean {
    this.#items -= items;
    if (this.#levels === 0 || this.#items < 0 || items > this.#to - this.#at) this.#fail();
    this.#levels--;
    return !this.#failed;
  }

  /** An item of what does not say how many it has. */
  #counted(): unknown {
    return --this.#items < 0 ? this.#fail() : this.#item();
  }

  /** Takes the break if there is one. True at the end of the bytes too. */
  #endedByBreak(): boolean {
    if (this.#at >= this.#to) this.#fail();
    else if (this.#bytes[this.#at] === BREAK) this.#at++;
    else return false;
    return true;
  }

  /** A plain object while all keys are strings, a Map from the first key on that is not. */
  #map(size: number): unknown {
    if (!this.#enter(size === OPEN ? 0 : 2 * size)) return undefined;
    const outer = this.#keys;
    const around = this.#step;
    let step: KeyStep | undefined = around === undefined ? KeyStep.first(size) : around.inner;
    const object: Record<string, unknown> = {};
    for (let count = 0; this.#hasEntry(count, size); count++) {
      const keyAt = this.#at;
      let next: KeyStep | undefined = step === undefined ? undefined : this.#knownKey(step);
      if (next === undefined) {
        const key = this.#key();
        if (this.#failed) return undefined;
        if (typeof key !== 'string') {
          const map = this.#mixedMap(object, this.#takeKeys(outer), key, size === OPEN ? OPEN : size - count);
          this.#levels++;
          return map;
        }
        next = this.#newKey(object, key, keyAt, step);
        this.#keysAt[this.#keys++] = keyAt;
        this.#step = next;
        setOwn(object, key, this.#item());
      } else {
        this.#keysAt[this.#keys++] = keyAt;
        this.#step = next;
        object[next.key] = this.#item();
      }
      step = next;
    }
    this.#step = around;
    this.#keys = outer;
    this.#levels++;
    return object;
  }

  /** Whether the map has another entry than the `count` before; those of an open one are counted here. */
  #hasEntry(count: number, size: number): boolean {
    if (size !== OPEN) return count < size;
    if (this.#endedByBreak()) return false;
    this.#items -= 2;
    if (this.#items < 0) this.#fail();
    return true;
  }

  /** Takes the next key if it came behind this one before. */
  #knownKey(step: KeyStep): KeyStep | undefined {
    const at = this.#at;
    if (at >= this.#to) return undefined;
    const initial = this.#bytes[at] as number;
    const major = initial >> 5;
    const length = initial & 31;
    if (length > 23 || length >= this.#to - at || (major !== Major.Text && major !== Major.Bytes)) return undefined;
    const next = step.find(this.#bytes, at + 1, length);
    if (next !== undefined) this.#at = at + 1 + length;
    return next;
  }

  /** Takes note of a key that did not come behind this one before. */
  #newKey(object: object, key: string, keyAt: number, step: KeyStep | undefined): KeyStep | undefined {
    if (!Object.hasOwn(object, key)) return step?.learn(key);
    this.#refuse(CborErrorCode.DuplicateKey, DUPLICATE, keyAt);
    return undefined;
  }

  /** Where the keys of the map being read are, which is no plain object; those before `outer` are of maps around it. */
  #takeKeys(outer: number): number[] {
    const keysAt = this.#keysAt.slice(outer, this.#keys);
    this.#keys = outer;
    return keysAt;
  }

  /** A key: byte strings that are UTF-8 become strings. */
  #key(): unknown {
    const key = this.#item();
    return key instanceof Uint8Array && isUtf8(key) ? readText(key, 0, key.length) : key;
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
      const original = this.#reread(keyAt);
      const name = original instanceof Uint8Array ? utf8Decode(original) : (original as string);
      seen.add(identity.of(name));
      map.set(original, object[name]);
    }
    this.#at = goOn;
    map.set(key, this.#item());
    let numbers = isNumber(key) ? 1 : 0;
    for (let count = 1; this.#hasEntry(count, left); count++) {
      const keyAt = this.#at;
      const next = this.#key();
      if (this.#failed) return undefined;
      const own = identity.of(next);
      if (seen.has(own)) this.#refuse(CborErrorCode.DuplicateKey, DUPLICATE, keyAt);
      seen.add(own);
      if (isNumber(next) && ++numbers > MAX_NUMBER_KEYS) this.#refuse(CborErrorCode.TooManyItems, NUMBERS, keyAt);
      const original = typeof next === 'string' ? this.#reread(keyAt) : next;
      const value = this.#item();
      if (this.error === undefined) map.set(original, value);
    }
    return map;
  }

  /** The string at `at` once more: its pieces do not count again. */
  #reread(at: number): unknown {
    const items = this.#items;
    this.#at = at;
    const value = this.#item();
    this.#items = items;
    return value;
  }

  #tagged(tag: number): unknown {
    const initial = this.#at < this.#to ? (this.#bytes[this.#at] as number) : BREAK;
    if (tag === Tag.Set) return initial >> 5 === Major.Array ? this.#set() : this.#fail();
    const isBignum = tag === Tag.PositiveBignum || tag === Tag.NegativeBignum;
    if (!isBignum || initial >> 5 !== Major.Bytes || (initial & 31) === INDEFINITE) return this.#fail();
    const digits = this.#item() as Uint8Array;
    if (this.#failed || digits.length > MAX_BIGNUM) return this.#fail();
    let hex = '0x0';
    for (const byte of digits) hex += byte.toString(16).padStart(2, '0');
    return tag === Tag.PositiveBignum ? BigInt(hex) : -1n - BigInt(hex);
  }

  #set(): Set<unknown> | undefined {
    const at = this.#at;
    const members = this.#item() as unknown[];
    if (this.#failed) return undefined;
    if (countNumbers(members) <= MAX_NUMBER_KEYS) return new Set(members);
    this.#refuse(CborErrorCode.TooManyItems, NUMBERS, at);
    return new Set();
  }

  /** Notes the first fault. Reading goes on to the value's end, since only its bytes lead out of it. */
  #refuse(code: CborErrorCode, message: string, at: number): void {
    this.error ??= { code, message, offset: at - this.#start };
  }

  #fail(): undefined {
    this.#failed = true;
    this.#at = this.#to;
  }
}

/** The one there is: nothing of a value stays in it once it is read. */
export const materializer: Materializer = new Materializer();

function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}
