import { parseFrame } from '../../src/index.js';

/** The CBOR of a literal as the text form has it (SPEC 6.7). */
export function cbor(literal: string): Uint8Array {
  const parsed = parseFrame(`0 0 0 0 0 cbor:${literal}`, 'wiremux.1');
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.bytes.slice(8);
}
