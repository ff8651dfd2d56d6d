import { Decoder } from '#cbor-x';

// An own Decoder, never an Encoder, which would keep what one message defines for the next.
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });

/** The values of a CBOR sequence the scanner has found plain, decoded by cbor-x in one go. Byte strings are views. */
export function decodePlain(bytes: Uint8Array, from: number, to: number): unknown[] {
  // A plain Uint8Array of its own: byte strings of a Buffer would come out as Buffers, and cbor-x leaves a property on it.
  const run = new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
  return decoder.decodeMultiple(run) as unknown[];
}
