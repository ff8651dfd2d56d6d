import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue, ValueReader } from '../../src/cbor/index.js';
import { everyChunking } from '../../src/testing/chunking.js';
import { anyValue, concat, fromHex, LIMITS, readAll } from './support.js';

const ignore = (): void => undefined;

interface TradeRow {
  readonly id: number;
  readonly symbol: string;
  readonly price: number;
  readonly size: number;
  readonly side: string;
}

function tradeRows(count: number): TradeRow[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    symbol: ['ACME', 'GLOBEX', 'HOOLI'][id % 3] as string,
    price: 100 + id / 8,
    size: (id * 37) % 1000,
    side: id % 2 === 0 ? 'buy' : 'sell',
  }));
}

describe('SPEC 3.4 a sequence of values', () => {
  it('gives the same values and sizes however it is cut', () => {
    const values = [...tradeRows(6), new Map([[1, 'mixed']]), new Set([1]), Uint8Array.of(1, 2, 3), 'text', 7, {}];
    const encoded = values.map(encodeValue);
    const sizes = encoded.map((bytes) => bytes.length);
    for (const pieces of everyChunking(concat(...encoded))) {
      expect(readAll(pieces)).toStrictEqual({ values, sizes, error: undefined });
    }
  });

  it('gives the same values for any sequence and any cut', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 5 }), fc.nat(), (values, seed) => {
        const encoded = values.map(encodeValue);
        const whole = concat(...encoded);
        for (const pieces of everyChunking(whole, seed)) {
          expect(readAll(pieces)).toStrictEqual({
            values,
            sizes: encoded.map((bytes) => bytes.length),
            error: undefined,
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives a long run of small rows in order, in one push and in many', () => {
    const rows = tradeRows(2_000);
    const whole = concat(...rows.map(encodeValue));
    expect(readAll([whole]).values).toStrictEqual(rows);
    const pieces = Array.from({ length: Math.ceil(whole.length / 1000) }, (_, at) =>
      whole.subarray(at * 1000, at * 1000 + 1000),
    );
    expect(readAll(pieces).values).toStrictEqual(rows);
  });

  it('gives the values before a fault, then the fault, and nothing more', () => {
    const bytes = fromHex('01 6161 a1616102 1c 03');
    for (const pieces of everyChunking(bytes)) {
      expect(readAll(pieces)).toMatchObject({ values: [1, 'a', { a: 2 }], error: { code: 'malformed', offset: 7 } });
    }
    const reader = new ValueReader(LIMITS);
    const fault = reader.push(bytes, ignore);
    expect(reader.push(Uint8Array.of(0), () => expect.unreachable())).toBe(fault);
    expect(reader.end()).toBe(fault);
    expect(reader.pending).toBe(0);
  });

  it('counts offsets from the first byte pushed, also for a key said twice', () => {
    const bytes = concat(encodeValue(tradeRows(20)), fromHex('a2616101416102'));
    for (const pieces of everyChunking(bytes)) {
      expect(readAll(pieces).error).toMatchObject({ code: 'duplicate-key', offset: bytes.length - 3 });
    }
  });
});

describe('SPEC 3.4 a value that is cut', () => {
  it('is unfinished at the end of bytes', () => {
    const reader = new ValueReader(LIMITS);
    expect(reader.push(fromHex('01 8201'), ignore)).toBeUndefined();
    expect(reader.end()).toMatchObject({ code: 'unfinished', offset: 3 });
    expect(reader.push(Uint8Array.of(2), () => expect.unreachable())).toMatchObject({ code: 'unfinished' });
  });

  it('is counted as pending until it is complete', () => {
    const reader = new ValueReader(LIMITS);
    const pending = [...fromHex('01 8261 61 02 61')].map((byte) => {
      reader.push(Uint8Array.of(byte), ignore);
      return reader.pending;
    });
    expect(pending).toEqual([0, 1, 2, 3, 0, 1]);
  });

  it('takes its bytes with it: pieces may be overwritten once pushed', () => {
    const value = { bytes: Uint8Array.of(1, 2, 3), text: 'x'.repeat(300), list: ['a', 'b'] };
    const encoded = encodeValue(value);
    const reader = new ValueReader(LIMITS);
    const piece = new Uint8Array(7);
    let read: unknown;
    for (let at = 0; at < encoded.length - 7; at += 7) {
      piece.set(encoded.subarray(at, at + 7));
      reader.push(piece, () => expect.unreachable());
      piece.fill(0xff);
    }
    reader.push(encoded.slice(encoded.length - (encoded.length % 7 || 7)), (given) => {
      read = given;
    });
    expect(read).toStrictEqual(value);
  });

  it('never shares memory with a later one', () => {
    const reader = new ValueReader(LIMITS);
    const values: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      for (const byte of encodeValue(new Uint8Array(100).fill(round))) {
        reader.push(Uint8Array.of(byte), (value) => values.push(value));
      }
    }
    expect(values).toEqual([0, 1, 2].map((round) => new Uint8Array(100).fill(round)));
  });
});

describe('SPEC 3.1 byte strings', () => {
  it('are views of the bytes pushed, and plain Uint8Arrays also where these were a Buffer', () => {
    const payload = new Uint8Array(1_000).fill(7);
    const buffer = Buffer.from(concat(encodeValue(payload), encodeValue({ payload })));
    const values: unknown[] = [];
    new ValueReader(LIMITS).push(buffer, (value) => values.push(value));
    const [bare, inside] = values as [Uint8Array, { payload: Uint8Array }];
    for (const bytes of [bare, inside.payload]) {
      expect(bytes).toStrictEqual(payload);
      expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
      expect(bytes.buffer).toBe(buffer.buffer);
    }
  });

  it('leave the bytes pushed as they were', () => {
    const bytes = concat(...tradeRows(50).map(encodeValue));
    readAll([bytes]);
    expect(Object.getOwnPropertyNames(bytes).filter((name) => !/^\d+$/.test(name))).toEqual([]);
  });
});

describe('SPEC 9.1 work', () => {
  /** Counts the bytes read out of it by index. */
  function countingReads(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly reads: () => number } {
    let reads = 0;
    const counted = new Proxy(bytes, {
      get(target, name) {
        if (typeof name === 'string' && /^\d+$/.test(name)) reads++;
        const found: unknown = Reflect.get(target, name, target);
        return typeof found === 'function' ? (found as (...args: unknown[]) => unknown).bind(target) : found;
      },
    });
    return { bytes: counted, reads: () => reads };
  }

  it('reads each byte of a value cut into pieces a bounded number of times', () => {
    const value = Array.from({ length: 500 }, (_, index) => ({ [`key ${index}`]: [index, `text ${index}`, null] }));
    const encoded = encodeValue(value);
    for (const size of [1, 3, 64]) {
      const reader = new ValueReader(LIMITS);
      let reads = 0;
      let read: unknown;
      for (let at = 0; at < encoded.length; at += size) {
        const piece = countingReads(encoded.subarray(at, at + size));
        reader.push(piece.bytes, (given) => {
          read = given;
        });
        reads += piece.reads();
      }
      expect(read).toStrictEqual(value);
      expect(reads).toBeLessThanOrEqual(4 * encoded.length);
    }
  });

  it('takes a value of 1 MiB in pieces of one byte', () => {
    const encoded = encodeValue({ text: 'x'.repeat(2 ** 19), bytes: new Uint8Array(2 ** 19) });
    const single = Array.from(encoded, (_, at) => encoded.subarray(at, at + 1));
    expect(readAll(single)).toMatchObject({ sizes: [encoded.length], error: undefined });
  });

  it('takes a map of 50,000 keys and one of keys that look alike', () => {
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key ${index}`, index]));
    expect(readAll([encodeValue(many)]).values).toStrictEqual([many]);
    const alike = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`a${index}`.padEnd(40, 'a'), index]));
    expect(readAll([encodeValue(alike)]).values).toStrictEqual([alike]);
  });

  it('takes maps as keys of maps as keys, to the depth allowed', () => {
    const depth = LIMITS.depth;
    const bytes = Uint8Array.from([...Array<number>(depth).fill(0xa1), 0, ...Array<number>(depth).fill(1)]);
    const { values, error } = readAll([bytes]);
    expect(error).toBeUndefined();
    let value = values[0];
    let levels = 0;
    for (; value instanceof Map; levels++) [value] = [...value.keys()];
    expect(levels).toBe(depth);
  });
});
