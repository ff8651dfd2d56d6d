import fc from 'fast-check';
import { type CborError, type CborLimits, CborWriter, ValueReader, writePortable } from '../../src/cbor/index.js';

export const LIMITS: CborLimits = { depth: 64, items: 1_000_000, bytes: 16 * 1024 * 1024 };

export function fromHex(hex: string): Uint8Array {
  const digits = hex.replaceAll(' ', '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function encodePortable(value: unknown): Uint8Array {
  const out = new CborWriter();
  writePortable(out, value);
  return out.take();
}

/** All that a reader says about a sequence that ends with the last piece. */
export interface Reading {
  readonly values: readonly unknown[];
  readonly sizes: readonly number[];
  readonly error: CborError | undefined;
}

export function readAll(pieces: Iterable<Uint8Array>, limits: CborLimits = LIMITS): Reading {
  const reader = new ValueReader(limits);
  const values: unknown[] = [];
  const sizes: number[] = [];
  for (const piece of pieces) {
    const error = reader.push(piece, (value, size) => {
      values.push(value);
      sizes.push(size);
    });
    if (error !== undefined) return { values, sizes, error };
  }
  return { values, sizes, error: reader.end() };
}

const text = fc.string({ unit: 'grapheme', maxLength: 80 });
const key = fc.oneof(fc.string({ unit: 'grapheme-ascii', maxLength: 12 }), fc.constant('__proto__'), text);
const integer = fc.oneof(fc.integer(), fc.maxSafeInteger());
const wideInteger = fc.oneof(
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
);
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Uint8Array.from(array));

function objectOf(item: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .array(fc.tuple(key, item), { maxLength: 30 })
    .map((entries): Record<string, unknown> => Object.fromEntries(entries));
}

/** Application values that come back from a round trip as they were. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    text,
    integer,
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    bytes,
    wideInteger,
    fc.bigInt({ min: 2n ** 64n, max: 2n ** 300n }),
    fc.bigInt({ min: -(2n ** 300n), max: -(2n ** 64n) - 1n }),
    fc.array(tie('value'), { maxLength: 30 }),
    objectOf(tie('value').filter((value) => value !== undefined)),
    fc.uniqueArray(fc.oneof(text, integer), { maxLength: 10 }).map((items) => new Set(items)),
    fc
      .uniqueArray(fc.tuple(fc.oneof(integer, text, fc.boolean()), tie('value')), {
        maxLength: 10,
        selector: ([name]) => name,
      })
      .filter((entries) => entries.some(([name]) => typeof name !== 'string'))
      .map((entries) => new Map(entries)),
  ),
})).value;

/** Values of the portable form, in which strings come back as bytes; keys come back as strings. */
export const portableValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    integer,
    wideInteger,
    fc.boolean(),
    fc.constant(null),
    bytes,
    fc.array(tie('value'), { maxLength: 10 }),
    objectOf(tie('value')),
    fc.uniqueArray(integer, { maxLength: 10 }).map((items) => new Set(items)),
  ),
})).value;
