import { readFloat } from './float.js';
import { argumentWidth, BREAK, INDEFINITE, Major, readArgument, Simple, Tag } from './head.js';
import { KeyIdentity } from './key-identity.js';
import { readText } from './short-text.js';
import { isUtf8 } from './utf8.js';

/** A map key said twice: all that the scanner leaves open. */
export interface DuplicateKey {
  /** Where the second one is. */
  readonly offset: number;
}

/**
 * Builds values from bytes the scanner has accepted. Does not check them again; nothing but arrays, plain objects,
 * `Map`, `Set`, `Uint8Array` views, strings, numbers, BigInt, booleans, null and undefined is ever made (SPEC 3.1).
 */
export class Materializer {
  /** Set when a map had a key twice; the value is then of no use. */
  duplicate: DuplicateKey | undefined;
  readonly #bytes: Uint8Array;
  #at: number;
  #identity: KeyIdentity | undefined;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
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
        return this.#map(info === INDEFINITE ? Number.POSITIVE_INFINITY : argument);
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
    while (!this.#ended()) items.push(this.read());
    return items;
  }

  #ended(): boolean {
    if (this.#bytes[this.#at] !== BREAK) return false;
    this.#at++;
    return true;
  }

  /** A plain object while all keys are strings, a Map from the first key on that is not. */
  #map(size: number): unknown {
    const object: Record<string, unknown> = {};
    const keyOffsets: number[] = [];
    const open = size === Number.POSITIVE_INFINITY;
    for (let count = 0; open ? !this.#ended() : count < size; count++) {
      const keyAt = this.#at;
      const key = this.#key();
      if (typeof key !== 'string') {
        this.#at = keyAt;
        return this.#mixedMap(object, keyOffsets, open ? size : size - count);
      }
      if (Object.hasOwn(object, key)) this.duplicate ??= { offset: keyAt };
      keyOffsets.push(keyAt);
      const value = this.read();
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      } else {
        object[key] = value;
      }
    }
    return object;
  }

  /** A key: byte strings that are UTF-8 become strings. */
  #key(): unknown {
    const key = this.read();
    if (!(key instanceof Uint8Array) || !isUtf8(key)) return key;
    return readText(key, 0, key.length);
  }

  /** Goes on as a Map with the entries read so far, whose byte string keys are read again as what they are. */
  #mixedMap(object: Record<string, unknown>, keyOffsets: readonly number[], left: number): Map<unknown, unknown> {
    const identity = (this.#identity ??= new KeyIdentity());
    const map = new Map<unknown, unknown>();
    const seen = new Set<string>();
    for (const keyAt of keyOffsets) {
      const before = new Materializer(this.#bytes, keyAt);
      const name = before.#key() as string;
      before.#at = keyAt;
      map.set(before.read(), object[name]);
      seen.add(identity.of(name));
    }
    const open = left === Number.POSITIVE_INFINITY;
    for (let count = 0; open ? !this.#ended() : count < left; count++) {
      const keyAt = this.#at;
      const name = this.#key();
      const after = this.#at;
      this.#at = keyAt;
      const key = name instanceof Uint8Array || typeof name !== 'string' ? name : this.read();
      this.#at = after;
      const own = identity.of(name);
      if (seen.has(own)) this.duplicate ??= { offset: keyAt };
      seen.add(own);
      map.set(key, this.read());
    }
    return map;
  }

  #tagged(tag: number): unknown {
    if (tag === Tag.Set) return new Set(this.read() as unknown[]);
    const digits = this.read() as Uint8Array;
    let hex = '0x0';
    for (const byte of digits) hex += byte.toString(16).padStart(2, '0');
    return tag === Tag.PositiveBignum ? BigInt(hex) : -1n - BigInt(hex);
  }
}
