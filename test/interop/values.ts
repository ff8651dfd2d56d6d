import { decodeFirst } from 'cborg';
import { Random } from '../../packages/framing/test/model/random.js';

/** Bytes to cut random ones from: making each anew would take most of a run's time. */
const POOL_SIZE = 1 << 20;
const noise = new Uint8Array(POOL_SIZE);
const random = new Random(1);
for (let at = 0; at < POOL_SIZE; at++) noise[at] = random.integer(0, 255);
const prose = new TextEncoder()
  .encode(
    Array.from({ length: POOL_SIZE / 8 }, () => random.pick(['stream', 'frame', 'request', 'answer', 'credit'])).join(
      ' ',
    ),
  )
  .subarray(0, POOL_SIZE);

/** Random bytes, a view: some compress well, some not at all. */
export function randomBytes(seeded: Random, length: number, compressible: boolean = seeded.chance(0.3)): Uint8Array {
  const at = seeded.integer(0, POOL_SIZE - length);
  return (compressible ? prose : noise).subarray(at, at + length);
}

const INTEGERS = [
  0,
  1,
  -1,
  23,
  24,
  255,
  256,
  65_535,
  65_536,
  2 ** 32 - 1,
  2 ** 32,
  -(2 ** 31),
  2 ** 53 - 1,
  2n ** 53n,
] as const;
const WIDE = [2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n), -(2n ** 64n)] as const;

function randomInteger(seeded: Random): number | bigint {
  if (seeded.chance(0.1)) return seeded.pick(WIDE);
  return seeded.chance(0.5) ? seeded.pick(INTEGERS) : seeded.integer(-1_000_000, 1_000_000);
}

function randomScalar(seeded: Random): unknown {
  switch (seeded.integer(0, 4)) {
    case 0:
      return null;
    case 1:
      return seeded.chance(0.5);
    case 2:
      return randomInteger(seeded);
    default:
      return randomBytes(seeded, seeded.pick([0, 1, seeded.integer(2, 40), seeded.integer(40, 400)]));
  }
}

/** A value of any kind the reference takes: null, booleans, 64-bit integers, bytes, lists, dicts and sets. */
export function randomValue(seeded: Random, depth = 3): unknown {
  if (depth === 0 || seeded.chance(0.6)) return randomScalar(seeded);
  const length = seeded.integer(0, 5);
  switch (seeded.integer(0, 2)) {
    case 0:
      return Array.from({ length }, () => randomValue(seeded, depth - 1));
    case 1:
      return new Set(distinct(Array.from({ length }, () => randomKey(seeded))));
    default:
      return new Map(
        distinct(Array.from({ length }, () => randomKey(seeded))).map((key) => [key, randomValue(seeded, depth - 1)]),
      );
  }
}

/** What a gateway's handler may yield beside that: text, floats and objects (SPEC 3.1.3). */
export function randomOwnValue(seeded: Random): unknown {
  switch (seeded.integer(0, 5)) {
    case 0:
      return seeded.pick(['', 'text', 'Grüße', '\u{1f9ed} compass', 'x'.repeat(300)]);
    case 1:
      return seeded.pick([0.5, -1e300, Number.POSITIVE_INFINITY, Math.PI]);
    case 2:
      return {
        seq: seeded.integer(0, 1_000),
        ['größe']: randomValue(seeded, 1),
        ['__proto__']: 1,
        rows: [{ id: 1 }, 'two'],
      };
    default:
      return randomValue(seeded);
  }
}

/** A name of ASCII letters, of other text, bytes that are no text, or an integer. */
function randomKey(seeded: Random): unknown {
  switch (seeded.integer(0, 5)) {
    case 0:
      return randomInteger(seeded);
    case 1:
      return randomBytes(seeded, seeded.integer(1, 12), false);
    case 2:
      return new TextEncoder().encode(seeded.pick(['größe', '名前', '🧭', '']));
    default:
      return randomBytes(seeded, seeded.integer(1, 12), true);
  }
}

function distinct(items: readonly unknown[]): unknown[] {
  return [...new Map(items.map((item) => [fingerprint(item), item])).values()];
}

/**
 * The same string for values that are equal on the wire, whatever holds them: an object or a Map, a number or a BigInt.
 * Keys of maps are compared as bytes, since a decoder makes text of those that are (SPEC 3.1.4); with `textIsBytes` so
 * are all strings (SPEC 3.1.3).
 */
export function fingerprint(value: unknown, textIsBytes = false): string {
  switch (typeof value) {
    case 'string':
      return textIsBytes ? bytesPrint(Buffer.from(value, 'utf8')) : `t${value.length}:${value}`;
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? `i${value}` : `f${value}`;
    case 'bigint':
      return `i${value}`;
    case 'object':
      return value === null ? 'null' : containerPrint(value, textIsBytes);
    default:
      return String(value);
  }
}

function containerPrint(value: object, textIsBytes: boolean): string {
  if (value instanceof Uint8Array) return bytesPrint(value);
  if (Array.isArray(value)) return `[${value.map((item) => fingerprint(item, textIsBytes)).join()}]`;
  if (value instanceof Set)
    return `s{${Array.from(value, (item) => fingerprint(item, textIsBytes))
      .sort()
      .join()}}`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const printed = entries.map(([key, item]) => `${fingerprint(key, true)}=${fingerprint(item, textIsBytes)}`);
  return `m{${printed.sort().join()}}`;
}

function bytesPrint(bytes: Uint8Array): string {
  return `b${bytes.length}:${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')}`;
}

const DECODING = {
  useMaps: true,
  rejectDuplicateMapKeys: true,
  tags: { 258: (decode: () => unknown) => new Set(decode() as unknown[]) },
};

/** The values of a CBOR sequence, read by an implementation that is not ours. */
export function decodeSequence(bytes: Uint8Array): unknown[] {
  const values: unknown[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const [value, left] = decodeFirst(rest, DECODING) as [unknown, Uint8Array];
    values.push(value);
    rest = left;
  }
  return values;
}
