import { type CborWriter, EncodedValue, giveWriter, takeWriter } from '../cbor/index.js';

/** What the maps of the protocol are made of. Text goes as a byte string (SPEC 3.1.1); a field that is undefined is left out. */
export type FieldValue =
  | string
  | Uint8Array
  | number
  | boolean
  | EncodedValue
  | readonly FieldValue[]
  | { readonly [key: string]: FieldValue | undefined };

/** Writes a value. Numbers are safe integers, and fields are given in the order of their keys. */
export function writeField(out: CborWriter, value: FieldValue): void {
  if (typeof value === 'string' || value instanceof Uint8Array) {
    out.bytes(value);
  } else if (typeof value === 'number') {
    out.int(value);
  } else if (typeof value === 'boolean') {
    out.bool(value);
  } else if (value instanceof EncodedValue) {
    out.raw(value.bytes);
  } else if (isList(value)) {
    out.arrayHead(value.length);
    for (const item of value) writeField(out, item);
  } else {
    const map = out.openMap();
    let size = 0;
    for (const key in value) {
      const item = value[key];
      if (item === undefined) continue;
      out.bytes(key);
      writeField(out, item);
      size++;
    }
    out.closeMap(map, size);
  }
}

/** The bytes of a value. */
export function encodeField(value: FieldValue): Uint8Array {
  const out = takeWriter();
  writeField(out, value);
  const { bytes, from, to } = out.takeRange();
  giveWriter(out);
  return bytes.subarray(from, to);
}

/** A list as a field that is left out where it is empty. */
export function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function isList(value: object): value is readonly FieldValue[] {
  return Array.isArray(value);
}
