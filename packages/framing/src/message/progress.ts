import { CborWriter } from '../cbor/index.js';
import { asFields, asInteger, asProse, field } from './fields.js';

/** How far a topic of a request is; a topic ends with `pos` -1 (SPEC 3.7). */
export interface ProgressUpdate {
  readonly topic: string;
  readonly pos: number;
  /** 0 where it is not known. */
  readonly total: number;
  readonly label?: string;
  /** What is being worked on. */
  readonly item?: string;
}

/** The payload of a progress frame. Fractions are cut: positions are integers on the wire. */
export function encodeProgress({ topic, pos, total, label, item }: ProgressUpdate): Uint8Array {
  const out = new CborWriter();
  out.mapHead(3 + (label === undefined ? 0 : 1) + (item === undefined ? 0 : 1));
  if (item !== undefined) writeText(out, 'item', item);
  if (label !== undefined) writeText(out, 'label', label);
  out.bytes('pos');
  writeInteger(out, pos);
  writeText(out, 'topic', topic);
  out.bytes('total');
  writeInteger(out, total);
  return out.take();
}

function writeText(out: CborWriter, key: string, text: string): void {
  out.bytes(key);
  out.bytes(text);
}

function writeInteger(out: CborWriter, value: number): void {
  const whole = Number.isFinite(value) ? Math.trunc(value) : 0;
  out.int(Math.max(Number.MIN_SAFE_INTEGER, Math.min(whole, Number.MAX_SAFE_INTEGER)));
}

/** Reads a progress payload; undefined if it is something else. */
export function parseProgress(value: unknown): ProgressUpdate | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const topic = asProse(field(fields, 'topic'));
  const pos = asInteger(field(fields, 'pos'));
  const total = asInteger(field(fields, 'total', 0));
  if (topic === undefined || pos === undefined || total === undefined) return undefined;
  const label = asProse(field(fields, 'label'));
  const item = asProse(field(fields, 'item'));
  return {
    topic,
    pos,
    total,
    ...(label === undefined ? {} : { label }),
    ...(item === undefined ? {} : { item }),
  };
}
