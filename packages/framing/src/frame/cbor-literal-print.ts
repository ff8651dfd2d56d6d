import { type CborHead, Major, readHead } from './cbor-head.js';
import { LITERAL_DEPTH, parseLiteral } from './cbor-literal.js';
import { printEscapes, TextFormError } from './text-payload.js';

/**
 * One CBOR item as a literal that {@link parseLiteral} turns into the same bytes; `undefined` if there is none, as for
 * tags, other float sizes, indefinite lengths, unsorted keys, or bytes that are not one item (SPEC 6.11).
 */
export function printLiteral(bytes: Uint8Array): string | undefined {
  const printer = new LiteralPrinter(bytes);
  const literal = printer.whole();
  return literal !== undefined && parsesTo(literal, bytes) ? literal : undefined;
}

function parsesTo(literal: string, bytes: Uint8Array): boolean {
  try {
    const parsed = parseLiteral(literal, 0);
    return parsed.length === bytes.length && parsed.every((byte, at) => byte === bytes[at]);
  } catch (error) {
    if (!(error instanceof TextFormError)) throw error;
    return false;
  }
}

/** Prints in one pass; what has no literal ends it with `false`. */
class LiteralPrinter {
  readonly #bytes: Uint8Array;
  #at = 0;
  #depth = 0;
  readonly #parts: string[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  whole(): string | undefined {
    return this.#item() && this.#at === this.#bytes.length ? this.#parts.join('') : undefined;
  }

  #item(): boolean {
    const head = readHead(this.#bytes, this.#at);
    if (head === undefined) return false;
    this.#at = head.end;
    switch (head.major) {
      case Major.Unsigned:
        return this.#print(`${head.argument}`);
      case Major.Negative:
        return this.#print(`${-1n - head.argument}`);
      case Major.Bytes:
      case Major.Text:
        return this.#string(head);
      case Major.Array:
        return this.#nested(head, '[', ']', () => this.#item());
      case Major.Map:
        return this.#nested(head, '{', '}', () => this.#item() && this.#print(': ') && this.#item());
      case Major.Simple:
        return this.#simple(head);
      default:
        return false;
    }
  }

  #string(head: CborHead): boolean {
    if (head.argument > BigInt(this.#bytes.length - this.#at)) return false;
    const end = this.#at + Number(head.argument);
    const content = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    if (head.major === Major.Bytes) return this.#print(`b'${printEscapes(content, 'byte', "'")}'`);
    const text = printEscapes(content, 'code-point', "'");
    return text !== undefined && this.#print(`'${text}'`);
  }

  #nested(head: CborHead, open: string, close: string, element: () => boolean): boolean {
    // Each element takes a byte at least, so that a length alone cannot make this loop.
    if (this.#depth === LITERAL_DEPTH || head.argument > BigInt(this.#bytes.length - this.#at)) return false;
    this.#depth++;
    this.#print(open);
    for (let left = Number(head.argument); left > 0; left--) {
      if (!element()) return false;
      if (left > 1) this.#print(', ');
    }
    this.#depth--;
    return this.#print(close);
  }

  #simple(head: CborHead): boolean {
    switch (head.info) {
      case 20:
        return this.#print('False');
      case 21:
        return this.#print('True');
      case 22:
        return this.#print('None');
      case 27:
        return this.#float(this.#bytes, head.end - 8);
      default:
        return false;
    }
  }

  #float(bytes: Uint8Array, offset: number): boolean {
    const value = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(offset);
    if (!Number.isFinite(value)) return false;
    const digits = Object.is(value, -0) ? '-0' : String(value);
    return this.#print(/[.e]/.test(digits) ? digits : `${digits}.0`);
  }

  #print(part: string): true {
    this.#parts.push(part);
    return true;
  }
}
