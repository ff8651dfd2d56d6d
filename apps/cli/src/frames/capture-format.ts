import { Buffer } from 'node:buffer';
import { DIALECT_NAMES, type DialectName, type Direction } from '@wiremux/framing';
import { inputError } from '../exit-status.js';
import { type Line, readLines } from './lines.js';

/** The first line of a capture: which version of the format it has, and what the connection spoke. */
export interface CaptureHead {
  readonly capture: 1;
  readonly dialect: DialectName;
  /** When it began, ms since 1970. */
  readonly began: number;
}

/** Bytes that passed: every other line of a capture. */
export interface CapturedBytes {
  /** Since it began, ms. */
  readonly time: number;
  /** As the server sees it: `in` came from the client. */
  readonly direction: Direction;
  readonly bytes: Uint8Array;
}

/** Longest line read, bytes: the base64 of several messages of the largest size. */
const MAX_LINE: number = 8 * 1024 * 1024;

/** The line of what passed. */
export function captureLine({ time, direction, bytes }: CapturedBytes): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  return JSON.stringify({ time: Math.round(time * 1_000) / 1_000, direction, bytes: base64 });
}

/** The head, and all that passed, as it is read. Throws `bad-input` where a line is neither. */
export async function readCapture(
  input: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: CaptureHead; readonly passed: AsyncIterable<CapturedBytes> }> {
  const lines = readLines(input, MAX_LINE)[Symbol.asyncIterator]();
  const first = await lines.next();
  const head = first.done === true ? undefined : headOf(first.value.text);
  if (head === undefined) {
    throw inputError(0, 'this is no capture; for the bytes of one direction, say which with --raw in or --raw out.');
  }
  return { head, passed: passedIn(lines) };
}

async function* passedIn(lines: AsyncIterator<Line>): AsyncGenerator<CapturedBytes> {
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    const { text, offset } = next.value;
    if (text.trim() === '') continue;
    const bytes = bytesOf(text);
    if (bytes === undefined) throw inputError(offset, 'this line is none of a capture.');
    yield bytes;
  }
}

function headOf(text: string): CaptureHead | undefined {
  const { capture, dialect, began } = parse(text);
  const known = DIALECT_NAMES.find((name) => name === dialect);
  return capture === 1 && known !== undefined && typeof began === 'number'
    ? { capture, dialect: known, began }
    : undefined;
}

function bytesOf(text: string): CapturedBytes | undefined {
  const { time, direction, bytes } = parse(text);
  if (typeof time !== 'number' || (direction !== 'in' && direction !== 'out') || typeof bytes !== 'string') {
    return undefined;
  }
  return { time, direction, bytes: new Uint8Array(Buffer.from(bytes, 'base64')) };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
