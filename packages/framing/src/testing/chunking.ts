/** Inputs up to this size are cut at every place; longer ones at {@link SAMPLED_CUTS} places. */
const EVERY_CUT_UP_TO = 256;
const SAMPLED_CUTS = 64;
const RANDOM_ROUNDS = 8;

/** mulberry32: a small generator of numbers in [0, 1), so that a failure can be seen again. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `bytes` cut at the given ascending offsets. The pieces are views; equal offsets give empty pieces. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const edges = [...cuts, bytes.length];
  return edges.map((edge, index) => bytes.subarray(edges[index - 1] ?? 0, edge));
}

/**
 * The ways to cut `bytes` that tests try, since cuts must never matter: whole, one byte at a time, every single cut
 * (a sample of them past 256 bytes), an empty piece between two others, and rounds of random cuts drawn from `seed`.
 */
export function* everyChunking(bytes: Uint8Array, seed = 1): Generator<Uint8Array[]> {
  const size = bytes.length;
  const next = random(seed);
  yield [bytes];
  yield Array.from({ length: size }, (_, at) => bytes.subarray(at, at + 1));
  if (size <= EVERY_CUT_UP_TO) {
    for (let cut = 1; cut < size; cut++) yield cutAt(bytes, [cut]);
  } else {
    for (let round = 0; round < SAMPLED_CUTS; round++) yield cutAt(bytes, [1 + Math.floor(next() * (size - 1))]);
  }
  const middle = size >> 1;
  yield cutAt(bytes, [middle, middle]);
  for (let round = 0; round < RANDOM_ROUNDS; round++) {
    const pieces = 1 + Math.floor(next() * 8);
    const cuts = Array.from({ length: pieces }, () => Math.floor(next() * (size + 1)));
    yield cutAt(
      bytes,
      cuts.sort((left, right) => left - right),
    );
  }
}
