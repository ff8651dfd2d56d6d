import { Decoder } from '#cbor-x';
import { Materializer } from './materialize.js';

/** Bytes from which cbor-x is the faster one: its start costs more than a small value does. */
const CBOR_X_PAYS = 256;

// An own Decoder, never an Encoder, which would keep what one message defines for the next.
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });

/** The `count` values of a CBOR sequence, all of which the scanner has found plain. Byte strings are views of `bytes`. */
export function decodePlain(bytes: Uint8Array, from: number, to: number, count: number): unknown[] {
  if (to - from < CBOR_X_PAYS) {
    const materializer = new Materializer(bytes, from);
    const values: unknown[] = [];
    for (let index = 0; index < count; index++) values.push(materializer.read());
    return values;
  }
  // A view of its own: byte strings of a Buffer would come out as Buffers, and cbor-x leaves a property on its input.
  return decoder.decodeMultiple(new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from)) as unknown[];
}
