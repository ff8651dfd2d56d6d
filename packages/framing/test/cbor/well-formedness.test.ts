import { type DecodeOptions, decode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CborErrorCode, decodeOne, encodeValue, isUtf8, utf8Decode } from '../../src/cbor/index.js';
import { everyChunking } from '../../src/testing/chunking.js';
import { anyValue, LIMITS, readAll, toHex } from './support.js';

/** Reasons to refuse what is well-formed, or what another decoder lets pass. */
const OUR_RULES: readonly CborErrorCode[] = [
  'forbidden-tag',
  'duplicate-key',
  'bad-utf8',
  'too-deep',
  'too-many-items',
  'too-big',
];

function bigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`);
}

const options: DecodeOptions = {
  useMaps: true,
  tags: {
    2: (content) => bigInt(content() as Uint8Array),
    3: (content) => -1n - bigInt(content() as Uint8Array),
    258: (content) => new Set(content() as unknown[]),
  },
};

type Verdict = { readonly value: unknown } | { readonly refused: string };

function otherVerdict(bytes: Uint8Array): Verdict {
  try {
    const value = comparable(decode(bytes, options));
    // It takes a break for a map's value.
    return JSON.stringify(value).includes('Symbol(BREAK)') ? { refused: 'break' } : { value };
  } catch (error) {
    return { refused: String(error) };
  }
}

/** A form in which both decoders say the same: maps as entries, byte string keys that are UTF-8 as text. */
function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: toHex(value) };
  if (Array.isArray(value)) return { array: value.map(comparable) };
  if (value instanceof Set) return { set: [...value].map(comparable) };
  if (typeof value === 'object' && value !== null) {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    const pairs = entries.map(([key, item]) => [JSON.stringify(comparableKey(key)), comparable(item)] as const);
    return { map: pairs.sort(([left], [right]) => (left < right ? -1 : 1)) };
  }
  return `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;
}

function comparableKey(key: unknown): unknown {
  if (key instanceof Uint8Array && isUtf8(key)) return comparable(utf8Decode(key));
  return comparable(Object.is(key, -0) ? 0 : key);
}

const structural = fc.constantFrom(
  ...[0x00, 0x18, 0x1b, 0x20, 0x40, 0x41, 0x5f, 0x60, 0x61, 0x7f, 0x80, 0x81, 0x82, 0x9f, 0xa0, 0xa1, 0xa2],
  ...[0xbf, 0xc2, 0xc3, 0xd9, 0x01, 0x02, 0xf4, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xff],
);
const soup = fc
  .array(fc.oneof({ weight: 4, arbitrary: structural }, fc.integer({ min: 0, max: 255 })), { maxLength: 24 })
  .map((bytes) => Uint8Array.from(bytes));

/** An encoded value with some bytes changed, taken out or put in. */
const mutated = fc
  .tuple(
    anyValue,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2), fc.oneof(structural, fc.integer({ min: 0, max: 255 }))), {
      maxLength: 3,
    }),
  )
  .map(([value, changes]) => {
    const bytes = [...encodeValue(value)];
    for (const [place, removed, byte] of changes) bytes.splice(place % (bytes.length + 1), removed, byte);
    return Uint8Array.from(bytes);
  });

describe('SPEC 3.1 any bytes', () => {
  it.each([
    ['soup', soup, 3_000],
    ['mutated values', mutated, 1_500],
  ])('are judged as another decoder does: %s', (_, arbitrary, numRuns) => {
    let read = 0;
    fc.assert(
      fc.property(arbitrary, (bytes) => {
        const ours = decodeOne(bytes, LIMITS);
        const other = otherVerdict(bytes);
        if (ours.ok) {
          read++;
          if ('refused' in other) expect(other.refused).toContain('indefinite length bytes/strings are not supported');
          else expect(comparable(ours.value)).toStrictEqual(other.value);
        } else if (!OUR_RULES.includes(ours.error.code)) {
          expect(other).toHaveProperty('refused');
        }
      }),
      { numRuns },
    );
    expect(read).toBeGreaterThan(numRuns / 50);
  });

  it.each([
    ['soup', soup, 300],
    ['mutated values', mutated, 100],
    ['noise', fc.uint8Array({ maxLength: 64 }), 300],
  ])('give the same values and the same error however they are cut: %s', (_, arbitrary, numRuns) => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (bytes, seed) => {
        const whole = readAll([bytes]);
        for (const pieces of everyChunking(bytes, seed)) expect(readAll(pieces)).toStrictEqual(whole);
        const taken = whole.sizes.reduce((sum, size) => sum + size, 0);
        if (whole.error === undefined) expect(taken).toBe(bytes.length);
        else expect(whole.error.offset).toBeGreaterThanOrEqual(taken);
      }),
      { numRuns },
    );
  });
});
