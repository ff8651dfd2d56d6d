import { type CborLimits, decodeOne } from '../cbor/index.js';
import { encodeOutput, type OutputAtom, parseOutput } from './output.js';

/** How a block of text output becomes a payload. */
export interface OutputFormat {
  /** Undefined for what the format has no room for. */
  encode(atoms: readonly OutputAtom[]): Uint8Array | undefined;
  /** Undefined for what is malformed. */
  parse(payload: Uint8Array, limits: CborLimits): OutputAtom[] | undefined;
}

/** An array of atoms: `exp-framing-0003` and later (SPEC 3.6.1). */
export const CBOR_OUTPUT: OutputFormat = {
  encode: encodeOutput,
  parse: (payload, limits) => {
    const decoded = decodeOne(payload, limits);
    return decoded.ok ? parseOutput(decoded.value) : undefined;
  },
};
