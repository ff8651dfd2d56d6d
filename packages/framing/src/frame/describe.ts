import type { FrameHeader } from './frame.js';
import type { DialectName } from './frame-types.js';
import { redactFrame } from './redact.js';
import { printHeader } from './text-form.js';
import { printEscapes } from './text-payload.js';

/** Payload bytes shown; the rest is told by its length only. */
const SHOWN = 64;

/**
 * One line for logs: the text form with names, secrets blanked, and a long payload cut after 64 bytes and followed by its
 * length. Takes any bytes and any field values.
 */
export function describeFrame(header: FrameHeader, payload: Uint8Array, dialect: DialectName): string {
  const shown = redactFrame({ ...header, payload }, dialect).payload.subarray(0, SHOWN);
  const elided = payload.length > SHOWN ? `… (${payload.length} bytes)` : '';
  return `${printHeader(header, dialect)} ${printEscapes(shown, 'byte')}${elided}`;
}
