import { encodeHead, Major } from './cbor-head.js';
import { type EscapeUnit, parseEscapes, TextFormError } from './text-payload.js';

/** How deep lists and maps of a literal may nest (SPEC 6.8). */
export const LITERAL_DEPTH = 64;

/** The largest argument a CBOR head can say. */
const MAX_ARGUMENT = 2n ** 64n - 1n;
/** Characters of -2^64: a longer integer is out of range without a look at its value. */
const LONGEST_INTEGER = 21;

/** Encoded items, joined only at the end so that nesting does not copy. */
type Encoded = Uint8Array | readonly Encoded[];

/** One encoded value, and what it is sorted by as a map's key: its value, its content, or only its encoding. */
interface Item {
  readonly encoded: Encoded;
  readonly sortsBy: number | bigint | Uint8Array | undefined;
}

interface Entry {
  readonly key: Uint8Array;
  readonly sortsBy: Item['sortsBy'];
  /** Where the key is in the text. */
  readonly at: number;
  readonly value: Encoded;
}

/** The CBOR of the literal that is `text` from `start` to its end (SPEC 6.7 to 6.9). Throws {@link TextFormError}. */
export function parseLiteral(text: string, start: number): Uint8Array {
  const parser = new LiteralParser(text, start);
  return flatten(parser.whole());
}

class LiteralParser {
  readonly #text: string;
  #at: number;
  #depth = 0;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  whole(): Encoded {
    const { encoded } = this.#item();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error('Something follows the literal; leave it out.');
    return encoded;
  }

  #item(): Item {
    this.#skipSpace();
    const character = this.#text[this.#at];
    switch (character) {
      case '[':
        return this.#nested(() => this.#list());
      case '{':
        return this.#nested(() => this.#map());
      case "'":
      case '"':
        return this.#string(Major.Text, 'code-point');
      case 'b':
        this.#at++;
        return this.#string(Major.Bytes, 'byte');
      case 'T':
      case 'F':
      case 'N':
        return this.#constant();
      default:
        return this.#number();
    }
  }

  #nested(read: () => Encoded): Item {
    if (this.#depth === LITERAL_DEPTH) throw this.#error(`The literal nests deeper than ${LITERAL_DEPTH}.`);
    this.#depth++;
    this.#at++;
    const encoded = read();
    this.#depth--;
    return { encoded, sortsBy: undefined };
  }

  #list(): Encoded {
    const items: Encoded[] = [];
    while (!this.#closes(']')) {
      items.push(this.#item().encoded);
      this.#separator(']');
    }
    return [encodeHead(Major.Array, BigInt(items.length)), items];
  }

  #map(): Encoded {
    const entries: Entry[] = [];
    while (!this.#closes('}')) {
      this.#skipSpace();
      const at = this.#at;
      const key = this.#item();
      this.#skipSpace();
      if (this.#text[this.#at] !== ':') throw this.#error('A `:` must follow the key.');
      this.#at++;
      const value = this.#item().encoded;
      entries.push({ key: flatten(key.encoded), sortsBy: key.sortsBy, at, value });
      this.#separator('}');
    }
    entries.sort(compareEntries);
    for (const [index, entry] of entries.entries()) {
      const before = entries[index - 1];
      if (before !== undefined && compareBytes(before.key, entry.key) === 0) {
        throw new TextFormError('The map has this key twice.', Math.max(before.at, entry.at));
      }
    }
    return [encodeHead(Major.Map, BigInt(entries.length)), entries.flatMap((entry) => [entry.key, entry.value])];
  }

  #string(major: number, unit: EscapeUnit): Item {
    const quote = this.#text[this.#at];
    if (quote !== "'" && quote !== '"') throw this.#error('A quote must follow the `b` of a byte string.');
    const start = this.#at + 1;
    let end = start;
    while (end < this.#text.length && this.#text[end] !== quote) end += this.#text[end] === '\\' ? 2 : 1;
    if (end >= this.#text.length) throw this.#error('The string that begins here has no end.');
    const content = parseEscapes(this.#text, start, end, unit);
    this.#at = end + 1;
    return { encoded: [encodeHead(major, BigInt(content.length)), content], sortsBy: content };
  }

  #constant(): Item {
    const word = this.#match(/[A-Za-z]+/y);
    const info = word === 'False' ? 20 : word === 'True' ? 21 : word === 'None' ? 22 : undefined;
    if (info === undefined) throw this.#error('A value must come here; the words are True, False and None.');
    this.#at += word.length;
    return { encoded: encodeHead(Major.Simple, BigInt(info)), sortsBy: undefined };
  }

  #number(): Item {
    const digits = this.#match(/-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y);
    if (digits === '') throw this.#error('A value must come here: a string, number, list, map, True, False or None.');
    const item = /[.eE]/.test(digits) ? this.#float(digits) : this.#integer(digits);
    this.#at += digits.length;
    return item;
  }

  #float(digits: string): Item {
    const value = Number(digits);
    if (!Number.isFinite(value)) throw this.#error('The number is too large for a float of 64 bits.');
    const encoded = new Uint8Array(9);
    encoded[0] = (Major.Simple << 5) | 27;
    new DataView(encoded.buffer).setFloat64(1, value);
    return { encoded, sortsBy: value };
  }

  #integer(digits: string): Item {
    const value = digits.length <= LONGEST_INTEGER ? BigInt(digits) : undefined;
    if (value === undefined || value > MAX_ARGUMENT || value < -1n - MAX_ARGUMENT) {
      throw this.#error('The integer is not in -2^64 to 2^64 - 1.');
    }
    const encoded = value < 0n ? encodeHead(Major.Negative, -1n - value) : encodeHead(Major.Unsigned, value);
    return { encoded, sortsBy: value };
  }

  #closes(bracket: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  /** Goes over the comma after an element; the bracket that may stand there instead stays. */
  #separator(bracket: string): void {
    this.#skipSpace();
    if (this.#text[this.#at] === ',') this.#at++;
    else if (this.#text[this.#at] !== bracket) throw this.#error(`A \`,\` or \`${bracket}\` must come here.`);
  }

  #skipSpace(): void {
    this.#at += this.#match(/\s*/y).length;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? '';
  }

  #error(message: string): TextFormError {
    return new TextFormError(message, this.#at);
  }
}

function flatten(encoded: Encoded): Uint8Array {
  const parts: Uint8Array[] = [];
  collect(encoded, parts);
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function collect(encoded: Encoded, parts: Uint8Array[]): void {
  if (encoded instanceof Uint8Array) parts.push(encoded);
  else for (const part of encoded) collect(part, parts);
}

/** Numbers by value, then strings by content, then the others; ties by encoding (SPEC 6.9). */
function compareEntries(left: Entry, right: Entry): number {
  const byKind = rank(left.sortsBy) - rank(right.sortsBy);
  if (byKind !== 0) return byKind;
  return compareSame(left.sortsBy, right.sortsBy) || compareBytes(left.key, right.key);
}

function rank(sortsBy: Item['sortsBy']): number {
  if (sortsBy === undefined) return 2;
  return sortsBy instanceof Uint8Array ? 1 : 0;
}

function compareSame(left: Item['sortsBy'], right: Item['sortsBy']): number {
  if (left === undefined || right === undefined) return 0;
  if (left instanceof Uint8Array || right instanceof Uint8Array) {
    return left instanceof Uint8Array && right instanceof Uint8Array ? compareBytes(left, right) : 0;
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    const difference = (left[at] as number) - (right[at] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
