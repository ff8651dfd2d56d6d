import { isScalar, readCodePoint, utf8Size, writeCodePoint } from './code-points.js';

/** A text that is not in the text form; caught where parsing began. */
export class TextFormError extends Error {
  /** Where, in UTF-16 units from the start of the text. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'TextFormError';
    this.offset = offset;
  }
}

/** What the number of an escape names: a byte in payloads and byte strings, a code point in text strings (SPEC 6.5, 6.7). */
export type EscapeUnit = 'byte' | 'code-point';

const BACKSLASH = 0x5c;

const NAMED_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
  ['\\', BACKSLASH],
  ["'", 0x27],
  ['"', 0x22],
]);

const PRINTED_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [BACKSLASH, '\\\\'],
]);

interface Escape {
  readonly value: number;
  /** Where the text goes on. */
  readonly end: number;
}

/** The bytes that `text[start, end)` stands for (SPEC 6.5, 6.6). Throws {@link TextFormError}. */
export function parseEscapes(text: string, start: number, end: number, unit: EscapeUnit): Uint8Array {
  // A UTF-16 unit gives at most three bytes, and no escape gives more than its own characters would.
  const bytes = new Uint8Array((end - start) * 3);
  let size = 0;
  let at = start;
  while (at < end) {
    const codePoint = text.codePointAt(at) as number;
    const found = codePoint === BACKSLASH ? readEscape(text, at, end, unit) : undefined;
    if (found === undefined) {
      size = writeScalar(bytes, size, codePoint, at);
      at += codePoint > 0xffff ? 2 : 1;
      continue;
    }
    if (unit === 'byte') bytes[size++] = found.value;
    else size = writeScalar(bytes, size, found.value, at);
    at = found.end;
  }
  return bytes.slice(0, size);
}

function writeScalar(bytes: Uint8Array, size: number, codePoint: number, at: number): number {
  if (!isScalar(codePoint)) throw new TextFormError('This is no character that UTF-8 can say; write its bytes.', at);
  return writeCodePoint(bytes, size, codePoint);
}

/** The escape whose backslash is at `at`, or `undefined` for one that is none and stays as it is. */
function readEscape(text: string, at: number, end: number, unit: EscapeUnit): Escape | undefined {
  if (at + 1 >= end) throw new TextFormError('The text ends in a backslash; write `\\\\` for one.', at);
  const letter = text[at + 1] as string;
  const named = NAMED_ESCAPES.get(letter);
  if (named !== undefined) return { value: named, end: at + 2 };
  const octal = /^[0-7]+/.exec(text.slice(at + 1, Math.min(at + 4, end)))?.[0];
  if (octal !== undefined) return { value: Number.parseInt(octal, 8), end: at + 1 + octal.length };
  const digits = hexDigits(letter, unit);
  if (digits === 0) return undefined;
  const hex = text.slice(at + 2, Math.min(at + 2 + digits, end));
  if (hex.length < digits || /[^0-9a-f]/i.test(hex)) {
    throw new TextFormError(
      `The escape \`\\${letter}\` needs ${digits} hex digits; write \`\\\\${letter}\` for the text itself.`,
      at,
    );
  }
  return { value: Number.parseInt(hex, 16), end: at + 2 + digits };
}

function hexDigits(letter: string, unit: EscapeUnit): number {
  if (letter === 'x') return 2;
  if (unit === 'byte') return 0;
  return letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
}

/**
 * Bytes as text that {@link parseEscapes} reads back with the same unit: printable UTF-8 as it is, escapes for the rest
 * (SPEC 6.10). `quote` is escaped too. As code points, bytes that are not UTF-8 have no text: `undefined`.
 */
export function printEscapes(bytes: Uint8Array, unit: 'byte', quote?: string): string;
export function printEscapes(bytes: Uint8Array, unit: EscapeUnit, quote?: string): string | undefined;
export function printEscapes(bytes: Uint8Array, unit: EscapeUnit, quote = ''): string | undefined {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const codePoint = readCodePoint(bytes, at);
    if (codePoint < 0) {
      if (unit === 'code-point') return undefined;
      text += byteEscape(bytes[at] as number);
      at++;
      continue;
    }
    const size = utf8Size(codePoint);
    const character = String.fromCodePoint(codePoint);
    const printed = PRINTED_ESCAPES.get(codePoint);
    if (printed !== undefined) text += printed;
    else if (character === quote) text += `\\${character}`;
    else if (isPrintable(codePoint, character)) text += character;
    else if (unit === 'code-point') text += codePointEscape(codePoint);
    else for (let index = at; index < at + size; index++) text += byteEscape(bytes[index] as number);
    at += size;
  }
  return text;
}

/** True for what a line of a log or a terminal can show without being led astray by it. */
function isPrintable(codePoint: number, character: string): boolean {
  if (codePoint < 0x7f) return codePoint >= 0x20;
  return !/[\p{C}\p{Z}]/u.test(character);
}

function byteEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

function codePointEscape(codePoint: number): string {
  const hex = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
