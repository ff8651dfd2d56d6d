import { readFileSync } from 'node:fs';
import { DIALECT_NAMES, type DialectName } from '../../src/frame/frame-types.js';

const directory = new URL('../../../../test/vectors/', import.meta.url);

/** A row of `frames.jsonl`; bytes are hex. */
export interface FrameRow {
  readonly dialect: string;
  readonly requestId: number;
  readonly streamId: number;
  readonly streamFlags: number;
  readonly type: number;
  readonly flags: number;
  readonly payload: string;
  readonly frame: string;
}

/** A row of `text-form.jsonl`. */
export interface TextFormRow {
  readonly dialect: string;
  readonly text: string;
  readonly frame: string;
}

/** The rows of one file of `test/vectors`. */
export function vectors<Row>(file: string): Row[] {
  const lines = readFileSync(new URL(file, directory), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

/** `0006` as rows have it to `exp-framing-0006`. */
export function dialectOf(row: string): DialectName {
  const dialect = DIALECT_NAMES.find((name) => name.endsWith(row));
  if (dialect === undefined) throw new Error(`No dialect is called ${row}.`);
  return dialect;
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
