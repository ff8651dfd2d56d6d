import { encodeValue } from '@wiremux/framing';

/** A decoded value as bytes that are the same for equal values, whatever the order of its objects' keys. */
export function canonicalBytes(value: unknown): Uint8Array {
  return encodeValue(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value instanceof Map) return new Map([...value].map(([key, item]): [unknown, unknown] => [key, sorted(item)]));
  if (typeof value !== 'object' || value === null || value instanceof Set || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
