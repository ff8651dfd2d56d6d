import { asFields, asInteger, asProse, field } from './fields.js';
import { encodeField } from './write-field.js';

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
  return encodeField({ item, label, pos: wholeNumber(pos), topic, total: wholeNumber(total) });
}

function wholeNumber(value: number): number {
  const whole = Number.isFinite(value) ? Math.trunc(value) : 0;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(whole, Number.MAX_SAFE_INTEGER));
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
