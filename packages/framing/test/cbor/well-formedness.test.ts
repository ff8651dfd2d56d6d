import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOne, encodeValue } from '../../src/cbor/index.js';
import { everyChunking } from '../../src/testing/chunking.js';
import { anyEncoding } from './any-encoding.js';
import { comparable, hasMark, NO_CHUNKS, OUR_RULES, otherVerdict } from './other-decoder.js';
import { anyValue, concat, LIMITS, readAll } from './support.js';

/** `WIREMUX_SEED` repeats a run, `WIREMUX_CBOR_RUNS` makes one longer: it multiplies the number of cases. */
const SEED = Number(process.env['WIREMUX_SEED'] ?? Date.now() % 2 ** 31);
const TIMES = Number(process.env['WIREMUX_CBOR_RUNS'] ?? 1);
const TIMEOUT = 60_000 * TIMES;

const FILL = 'x'.repeat(300);
const FILLER = encodeValue(FILL);

/** Inside of another value it is read as by itself. */
function expectSameInside(bytes: Uint8Array, value: unknown): void {
  const long = decodeOne(concat(Uint8Array.of(0x82), bytes, FILLER), LIMITS);
  expect(long.ok && comparable(long.value)).toStrictEqual(comparable([value, FILL]));
}

const structural = fc.constantFrom(
  ...[0x00, 0x18, 0x1b, 0x20, 0x40, 0x41, 0x5f, 0x60, 0x61, 0x7f, 0x80, 0x81, 0x82, 0x9f, 0xa0, 0xa1, 0xa2],
  ...[0xbf, 0xc2, 0xc3, 0xd9, 0x01, 0x02, 0xf4, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xff],
);
const soup = fc
  .array(fc.oneof({ weight: 4, arbitrary: structural }, fc.integer({ min: 0, max: 255 })), { maxLength: 24 })
  .map((bytes) => Uint8Array.from(bytes));

/** Bytes of which some were changed, taken out or put in. */
function mutations(encoded: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2), fc.oneof(structural, fc.integer({ min: 0, max: 255 })));
  return fc.tuple(encoded, fc.array(change, { maxLength: 3 })).map(([given, changes]) => {
    const bytes = [...given];
    for (const [place, removed, byte] of changes) bytes.splice(place % (bytes.length + 1), removed, byte);
    return Uint8Array.from(bytes);
  });
}

const mutated = mutations(anyValue.map(encodeValue));
const mutatedEncodings = mutations(anyEncoding.map(({ bytes }) => bytes));

describe(`SPEC 3.1.1, 3.1.4, 3.1.5 any form of a value [seed ${SEED}]`, () => {
  it('is read as the value it is, as another decoder reads it', { timeout: TIMEOUT }, () => {
    const numRuns = 4_000 * TIMES;
    let compared = 0;
    fc.assert(
      fc.property(anyEncoding, ({ value, bytes, chunks }) => {
        const ours = decodeOne(bytes, LIMITS);
        expect(ours).toMatchObject({ ok: true });
        if (!ours.ok) return;
        expect(comparable(ours.value)).toStrictEqual(comparable(value));
        expectSameInside(bytes, value);
        const other = otherVerdict(bytes);
        if (chunks) {
          expect(other).toMatchObject({ refused: expect.stringContaining(NO_CHUNKS) as string });
        } else if (!hasMark(bytes)) {
          compared++;
          expect(other).toStrictEqual({ value: comparable(ours.value) });
        }
      }),
      { numRuns, seed: SEED },
    );
    expect(compared).toBeGreaterThan(numRuns / 3);
  });

  it('is read the same however it is cut', { timeout: TIMEOUT }, () => {
    fc.assert(
      fc.property(anyEncoding, fc.nat(), ({ bytes }, seed) => {
        const whole = readAll([bytes]);
        expect(whole.error).toBeUndefined();
        for (const pieces of everyChunking(bytes, seed)) expect(readAll(pieces)).toStrictEqual(whole);
      }),
      { numRuns: 300 * TIMES, seed: SEED },
    );
  });
});

describe(`SPEC 3.1 any bytes [seed ${SEED}]`, () => {
  // Both ways, but for strings in chunks and byte order marks, which the other cannot read, and OUR_RULES, which it lacks.
  it.each([
    ['soup', soup, 6_000],
    ['mutated values', mutated, 3_000],
    ['mutated forms', mutatedEncodings, 6_000],
  ])('are judged as another decoder does: %s', { timeout: TIMEOUT }, (_, arbitrary, count) => {
    const numRuns = count * TIMES;
    let read = 0;
    fc.assert(
      fc.property(arbitrary, (bytes) => {
        const ours = decodeOne(bytes, LIMITS);
        const other = otherVerdict(bytes);
        if (ours.ok) {
          read++;
          expectSameInside(bytes, ours.value);
          if ('refused' in other) expect(other.refused).toContain(NO_CHUNKS);
          else if (!hasMark(bytes)) expect(comparable(ours.value)).toStrictEqual(other.value);
        } else if (!OUR_RULES.includes(ours.error.code)) {
          expect(other).toHaveProperty('refused');
        }
      }),
      { numRuns, seed: SEED },
    );
    expect(read).toBeGreaterThan(numRuns / 50);
  });

  it.each([
    ['soup', soup, 300],
    ['mutated values', mutated, 100],
    ['mutated forms', mutatedEncodings, 300],
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
