import { type Dialect, type DialectName, decodeOne, dialectByName } from '../../src/index.js';
import { everyChunking } from '../../src/testing/index.js';
import { dialectOf, fromHex, vectors } from '../frame/vectors.js';

/** Past this size only some of the ways to cut a row are tried: each is a run of its own. */
const EVERY_WAY_UP_TO = 700;
const SOME_WAYS = 6;

/** The rows of a file of `test/vectors`, each with the name of its dialect. */
export function rowsOf<Row extends { readonly dialect: string }>(file: string): (Row & { dialect: DialectName })[] {
  return vectors<Row>(file).map((row) => ({ ...row, dialect: dialectOf(row.dialect) }));
}

/** How many of the rows are of each dialect. */
export function countByDialect(rows: readonly { readonly dialect: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { dialect } of rows) counts[dialect] = (counts[dialect] ?? 0) + 1;
  return counts;
}

/** The dialect that cuts requests into frames of at most so many bytes. */
export function cuttingAt(name: DialectName, mapCut: number): Dialect {
  return { ...(dialectByName(name) as Dialect), mapCut };
}

export function bytesOf(frames: readonly string[]): Uint8Array {
  return fromHex(frames.join(''));
}

/** Calls `run` with the bytes in pieces, in every way of cutting them. */
export function inEveryCut(bytes: Uint8Array, run: (pieces: readonly Uint8Array[]) => void): void {
  const ways = bytes.length > EVERY_WAY_UP_TO ? SOME_WAYS : Number.POSITIVE_INFINITY;
  let tried = 0;
  for (const pieces of everyChunking(bytes)) {
    if (tried++ >= ways) return;
    run(pieces);
  }
}

/** The value that CBOR in hex stands for. */
export function decoded(hex: string): unknown {
  const result = decodeOne(fromHex(hex), { depth: 64, items: 1_000_000, bytes: 2 ** 24 });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
