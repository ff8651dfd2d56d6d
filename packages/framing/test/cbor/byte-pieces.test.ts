import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteStringReader } from '../../src/cbor/byte-string-reader.js';
import { type CborError, type CborErrorCode, encodeValue, ValueReader } from '../../src/cbor/index.js';
import { everyChunking } from '../../src/testing/chunking.js';
import { anyValue, concat, fromHex, LIMITS, toHex } from './support.js';

interface Piece {
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly last: boolean;
}

/** What a reader says that gives byte strings in pieces: values and pieces in their order. */
interface PieceReading {
  readonly parts: readonly (Piece | { readonly value: unknown; readonly size: number })[];
  readonly error: CborError | undefined;
}

function readPieces(pushes: Iterable<Uint8Array>, limits = LIMITS): PieceReading {
  const reader = new ValueReader(limits);
  reader.bytePieces = ByteStringReader;
  const parts: PieceReading['parts'][number][] = [];
  for (const bytes of pushes) {
    const error = reader.push(
      bytes,
      (value, size) => parts.push({ value, size }),
      (piece, size, last) => parts.push({ bytes: piece, size, last }),
    );
    if (error !== undefined) return { parts, error };
  }
  return { parts, error: reader.end() };
}

/** The values of a reading with the pieces of each byte string put together. */
function assembled({ parts }: PieceReading): unknown[] {
  const values: unknown[] = [];
  let open: Uint8Array[] = [];
  for (const part of parts) {
    if ('value' in part) {
      expect(open).toEqual([]);
      values.push(part.value);
      continue;
    }
    if (part.bytes.length === 0) expect(part.last).toBe(true);
    open.push(part.bytes);
    if (!part.last) continue;
    values.push(concat(...open));
    open = [];
  }
  return values;
}

const totalSize = ({ parts }: PieceReading): number => parts.reduce((sum, { size }) => sum + size, 0);

/** A byte string of indefinite length. */
function chunked(...chunks: readonly Uint8Array[]): Uint8Array {
  return concat(Uint8Array.of(0x5f), ...chunks.map(encodeValue), Uint8Array.of(0xff));
}

describe('SPEC 3.1.9 byte strings in pieces', () => {
  it('give the same values, and account for every byte, however the sequence is cut', () => {
    const sequence = concat(
      encodeValue({ before: 1 }),
      encodeValue(new Uint8Array(300).fill(7)),
      encodeValue('between'),
      encodeValue(2),
      chunked(Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(30).fill(9)),
      encodeValue(new Uint8Array(0)),
      chunked(),
      encodeValue([Uint8Array.of(5)]),
      encodeValue(Uint8Array.of(6)),
    );
    for (const pieces of everyChunking(sequence)) {
      const reading = readPieces(pieces);
      expect(reading.error).toBeUndefined();
      expect(assembled(reading)).toStrictEqual([
        { before: 1 },
        new Uint8Array(300).fill(7),
        'between',
        2,
        concat(Uint8Array.of(1, 2, 3), new Uint8Array(30).fill(9)),
        new Uint8Array(0),
        new Uint8Array(0),
        [Uint8Array.of(5)],
        Uint8Array.of(6),
      ]);
      expect(totalSize(reading)).toBe(sequence.length);
    }
  });

  it('give the same values as whole ones, for any sequence, chunks and cut', () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Uint8Array.from(array));
    const item = fc.oneof(
      anyValue.map((value) => ({ value, encoded: encodeValue(value) })),
      bytes.map((value) => ({ value, encoded: encodeValue(value) })),
      fc.array(bytes, { maxLength: 4 }).map((chunks) => ({ value: concat(...chunks), encoded: chunked(...chunks) })),
    );
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), fc.nat(), (items, seed) => {
        const whole = concat(...items.map(({ encoded }) => encoded));
        for (const pieces of everyChunking(whole, seed)) {
          const reading = readPieces(pieces);
          expect(reading.error).toBeUndefined();
          expect(assembled(reading)).toStrictEqual(items.map(({ value }) => value));
          expect(totalSize(reading)).toBe(whole.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('come as views, when their bytes come, and nothing of them is held', () => {
    const reader = new ValueReader(LIMITS);
    reader.bytePieces = ByteStringReader;
    const pieces: Piece[] = [];
    const push = (bytes: Uint8Array): void => {
      const error = reader.push(
        bytes,
        () => expect.unreachable(),
        (piece, size, last) => pieces.push({ bytes: piece, size, last }),
      );
      expect(error).toBeUndefined();
    };
    push(fromHex('5a 0000'));
    expect([pieces.length, reader.pending]).toEqual([0, 3]);
    push(fromHex('0400'));
    expect([pieces.length, reader.pending]).toEqual([0, 5]);
    const first = new Uint8Array(1_000).fill(1);
    push(first);
    expect(pieces.at(-1)).toMatchObject({ size: 1_005, last: false });
    expect(pieces.at(-1)?.bytes.buffer).toBe(first.buffer);
    expect(reader.pending).toBe(0);
    push(new Uint8Array(24));
    expect(pieces.at(-1)).toEqual({ bytes: new Uint8Array(24), size: 24, last: true });
    expect(reader.end()).toBeUndefined();
  });

  it('count the heads of empty chunks with the next bytes', () => {
    const { parts } = readPieces([fromHex('5f40'), fromHex('404101'), fromHex('ff')]);
    expect(parts).toEqual([
      { bytes: Uint8Array.of(1), size: 5, last: false },
      { bytes: new Uint8Array(0), size: 1, last: true },
    ]);
  });

  it('are only those that are no part of another value', () => {
    expect(readPieces([fromHex('814101 a1410102')]).parts).toEqual([
      { value: [Uint8Array.of(1)], size: 3 },
      { value: { '\u0001': 2 }, size: 4 },
    ]);
  });
});

describe('SPEC 3.1.9, 9.1.9 the length of byte strings in pieces', () => {
  const tight = { depth: 0, items: 1, bytes: 10 };

  it('has no limit, nor has the number of their chunks', () => {
    const bytes = new Uint8Array(1_000);
    expect(assembled(readPieces([encodeValue(bytes)], tight))).toEqual([bytes]);
    const many = chunked(...Array.from({ length: 1_000 }, () => Uint8Array.of(0)));
    expect(assembled(readPieces([many], tight))).toEqual([bytes]);
  });

  it('leaves the limits of the values around them as they are', () => {
    const around = concat(encodeValue(new Uint8Array(100)), encodeValue('1234567890'));
    expect(readPieces([around], tight)).toMatchObject({ parts: [{ last: true }], error: { code: 'too-big' } });
    expect(readPieces([fromHex('4101 80')], tight).error).toMatchObject({ code: 'too-deep', offset: 2 });
  });

  it('is at most 2^53 - 1', () => {
    expect(readPieces([fromHex('5b001fffffffffffff')]).error).toMatchObject({ code: 'unfinished', offset: 9 });
    expect(readPieces([fromHex('01 5b0020000000000000')]).error).toMatchObject({ code: 'too-big', offset: 1 });
  });
});

describe('SPEC 3.1.5, 3.1.9 byte strings in pieces that are malformed', () => {
  const rows: readonly (readonly [hex: string, code: CborErrorCode, offset: number])[] = [
    ['5c', 'malformed', 0],
    ['5e', 'malformed', 0],
    ['5f5fffff', 'malformed', 1],
    ['5f00ff', 'malformed', 1],
    ['5f6161ff', 'malformed', 1],
    ['5f410141025dff', 'malformed', 5],
    ['5f4101c24101ff', 'malformed', 3],
    ['5f4101 f6', 'malformed', 3],
    ['5f 5b0020000000000000', 'too-big', 1],
    ['ff', 'malformed', 0],
    ['4101ff', 'malformed', 2],
    ['5fffff', 'malformed', 2],
    ['420102 4301', 'unfinished', 5],
    ['5f4101', 'unfinished', 3],
    ['5f', 'unfinished', 1],
    ['5a0000', 'unfinished', 3],
  ];

  it.each(rows)('refuse %s as %s at %i, however it is cut', (hex, code, offset) => {
    for (const pieces of everyChunking(fromHex(hex))) {
      expect(readPieces(pieces).error).toMatchObject({ code, offset });
    }
  });

  it('are refused as whole ones are, whatever the bytes', () => {
    const structural = fc.constantFrom(0x00, 0x40, 0x41, 0x42, 0x58, 0x5f, 0x5c, 0x61, 0x81, 0xc2, 0xff);
    const soup = fc.array(structural, { maxLength: 14 }).map((array) => Uint8Array.from(array));
    fc.assert(
      fc.property(soup, fc.nat(), (bytes, seed) => {
        const whole: unknown[] = [];
        const reader = new ValueReader(LIMITS);
        const error = reader.push(bytes, (value) => whole.push(value)) ?? reader.end();
        for (const pieces of everyChunking(bytes, seed)) {
          const reading = readPieces(pieces);
          expect(reading.error?.code).toBe(error?.code);
          // Where a whole value is unfinished its end is told, and so it is of one in pieces.
          expect(reading.error?.offset).toBe(error?.offset);
          if (error === undefined) expect(assembled(reading).map(shown)).toEqual(whole.map(shown));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('leave the reader dead', () => {
    const reader = new ValueReader(LIMITS);
    const never = (): never => expect.unreachable();
    const error = reader.push(fromHex('5f00'), never, never);
    expect(error).toBeDefined();
    expect(reader.push(fromHex('4101'), never, never)).toBe(error);
    expect(reader.end()).toBe(error);
    expect(reader.pending).toBe(0);
  });
});

function shown(value: unknown): unknown {
  return value instanceof Uint8Array ? toHex(value) : value;
}
