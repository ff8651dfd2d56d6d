import { Materializer } from './materialize.js';

/**
 * Stands for cbor-x in a browser: without `eval`, which a strict content security policy forbids, cbor-x is no faster than
 * the materializer that is there anyway, but for long lists of numbers, and a page would load 6 KB for it.
 */
export class Decoder {
  /** The values of `bytes`, which the scanner has accepted. */
  decodeMultiple(bytes: Uint8Array): unknown[] {
    const materializer = new Materializer(bytes, 0);
    const values: unknown[] = [];
    while (!materializer.ended) values.push(materializer.read());
    return values;
  }
}
