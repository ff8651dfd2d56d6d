import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { type Dialect, type DialectName, decodeOne, dialectByName } from '../../src/index.js';
import { everyChunking } from '../../src/testing/index.js';
import { dialectOf, fromHex, vectors } from '../frame/vectors.js';

/** The rows of a file of `test/vectors`, each with the name of its dialect. */
export function rowsOf<Row extends { readonly dialect: string }>(file: string): (Row & { dialect: DialectName })[] {
  return vectors<Row>(file).map((row) => ({ ...row, dialect: dialectOf(row.dialect) }));
}

/** How many of the rows are of each dialect. */
export function countByDialect(rows: readonly { readonly dialect: string }[]): Record<string, number> {
  return countBy(rows, ({ dialect }) => dialect);
}

/** How many of the items have each key. */
export function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}

/** The dialect that cuts requests into frames of at most so many bytes. */
export function cuttingAt(name: DialectName, mapCut: number): Dialect {
  return { ...dialectByName(name), mapCut };
}

export function bytesOf(frames: readonly string[]): Uint8Array {
  return fromHex(frames.join(''));
}

/** Calls `run` with the bytes in pieces, in every way of `everyChunking`. */
export function inEveryCut(bytes: Uint8Array, run: (pieces: readonly Uint8Array[]) => void): void {
  for (const pieces of everyChunking(bytes)) run(pieces);
}

/** The value that CBOR in hex stands for. */
export function decoded(hex: string): unknown {
  const result = decodeOne(fromHex(hex), { depth: 64, items: 1_000_000, bytes: 2 ** 24 });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** As `toEqual`, which compares long byte strings one number at a time, but quick where they are equal. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}
