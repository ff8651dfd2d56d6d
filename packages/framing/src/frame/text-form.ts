import { parseLiteral } from './cbor-literal.js';
import { printLiteral } from './cbor-literal-print.js';
import { type Frame, type FrameHeader, MAX_PAYLOAD } from './frame.js';
import { type DialectName, type FlagName, FRAME_TYPES } from './frame-types.js';
import { encodeFrame } from './header.js';
import { parseEscapes, printEscapes, TextFormError } from './text-payload.js';

/** A frame read from its text form, or where and why there is none. */
export type ParsedFrame =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** `offset` counts UTF-16 units from the start of the text. */
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** How {@link printFrame} prints. */
export interface PrintOptions {
  /** Prints a payload as a `cbor:` literal where that gives the same bytes. Off by default. */
  readonly literals?: boolean;
}

const STREAM_FLAGS: readonly FlagName[] = [
  [0x1, 'stream-begin'],
  [0x2, 'stream-end'],
  [0x4, 'encoded'],
];

const LITERAL_PREFIX = 'cbor:';
const LITERAL_PREFIX_BYTES = [0x63, 0x62, 0x6f, 0x72, 0x3a] as const;

/** Reads one frame from its text form (SPEC 6), in the names of `dialect`. Never throws. */
export function parseFrame(text: string, dialect: DialectName): ParsedFrame {
  try {
    const fields = new FieldReader(text);
    const requestId = fields.number('request id', 0xffff);
    const streamId = fields.number('stream id', 0xff);
    const streamFlags = fields.flags('stream flags', 0xff, STREAM_FLAGS);
    const type = fields.type(dialect);
    const flags = fields.flags('type flags', 0xf, FRAME_TYPES[dialect][type]?.flags ?? []);
    const payload = parsePayload(text, fields.end);
    return { ok: true, bytes: encodeFrame({ requestId, streamId, streamFlags, type, flags }, payload) };
  } catch (error) {
    if (!(error instanceof TextFormError)) throw error;
    return { ok: false, message: error.message, offset: error.offset };
  }
}

/** One frame as one line of text (SPEC 6), in the names of `dialect`. {@link parseFrame} gives the same bytes. */
export function printFrame(frame: Frame, dialect: DialectName, options: PrintOptions = {}): string {
  return `${printHeader(frame, dialect)} ${printPayload(frame.payload, options.literals ?? false)}`;
}

/** The fields before the payload, as the text form has them, without the space behind them. */
export function printHeader(header: FrameHeader, dialect: DialectName): string {
  const info = FRAME_TYPES[dialect][header.type];
  const type = info?.name ?? String(header.type);
  const streamFlags = printFlags(header.streamFlags, STREAM_FLAGS);
  return `${header.requestId} ${header.streamId} ${streamFlags} ${type} ${printFlags(header.flags, info?.flags ?? [])}`;
}

function printFlags(value: number, names: readonly FlagName[]): string {
  let rest = value;
  const parts: string[] = [];
  for (const [bit, name] of names) {
    if ((rest & bit) === 0) continue;
    parts.push(name);
    rest &= ~bit;
  }
  if (rest !== 0 || parts.length === 0) parts.push(String(rest));
  return parts.join('|');
}

function printPayload(payload: Uint8Array, literals: boolean): string {
  const literal = literals && payload.length > 0 ? printLiteral(payload) : undefined;
  if (literal !== undefined) return LITERAL_PREFIX + literal;
  if (LITERAL_PREFIX_BYTES.every((byte, at) => payload[at] === byte)) {
    return `\\x63${printEscapes(payload.subarray(1), 'byte')}`;
  }
  return printEscapes(payload, 'byte');
}

function parsePayload(text: string, start: number): Uint8Array {
  const payload = text.startsWith(LITERAL_PREFIX, start)
    ? parseLiteral(text, start + LITERAL_PREFIX.length)
    : parseEscapes(text, start, text.length, 'byte');
  if (payload.length > MAX_PAYLOAD) {
    throw new TextFormError(`The payload has ${payload.length} bytes; a frame holds at most ${MAX_PAYLOAD}.`, start);
  }
  return payload;
}

/** Reads the fields one after the other; each ends at one space. */
class FieldReader {
  readonly #text: string;
  /** Where the next field, and at last the payload, begins. */
  end = 0;

  constructor(text: string) {
    this.#text = text;
  }

  number(what: string, max: number): number {
    const start = this.end;
    return parseNumber(this.#next(what), max, what, start);
  }

  flags(what: string, max: number, names: readonly FlagName[]): number {
    let at = this.end;
    let value = 0;
    for (const part of this.#next(what).split('|')) {
      value |= names.find(([, name]) => name === part)?.[0] ?? parseNumber(part, max, what, at, names);
      at += part.length + 1;
    }
    return value;
  }

  type(dialect: DialectName): number {
    const start = this.end;
    const field = this.#next('type');
    const types = Object.entries(FRAME_TYPES[dialect]);
    const named = types.find(([, info]) => info?.name === field);
    if (named !== undefined) return Number(named[0]);
    return parseNumber(
      field,
      0xf,
      'type',
      start,
      types.map(([number, info]) => [Number(number), info?.name ?? number]),
    );
  }

  #next(what: string): string {
    const start = this.end;
    const space = this.#text.indexOf(' ', start);
    if (space < 0) throw new TextFormError(`A space must follow the ${what}.`, this.#text.length);
    this.end = space + 1;
    return this.#text.slice(start, space);
  }
}

function parseNumber(field: string, max: number, what: string, at: number, names: readonly FlagName[] = []): number {
  const value = /^\d+$/.test(field) ? Number(field) : Number.NaN;
  if (value <= max) return value;
  const known = names.map(([, name]) => name).join(', ');
  const or = known === '' ? '' : `, or one of: ${known}`;
  throw new TextFormError(`The ${what} must be a number from 0 to ${max}${or}.`, at);
}
