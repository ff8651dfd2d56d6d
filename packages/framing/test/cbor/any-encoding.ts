import fc from 'fast-check';
import { utf8Encode } from '../../src/cbor/index.js';
import { concat } from './support.js';

/** A value, and one of the many ways CBOR has to write it. */
export interface Encoding {
  readonly value: unknown;
  readonly bytes: Uint8Array;
  /** A string in it is in chunks, which the other decoder cannot read. */
  readonly chunks: boolean;
}

const U64 = 2n ** 64n - 1n;

/** Heads of 1, 2, 3, 5 and 9 bytes: those that hold the argument. */
function heads(major: number, argument: bigint): Uint8Array[] {
  const all: Uint8Array[] = [];
  if (argument < 24n) all.push(Uint8Array.of((major << 5) | Number(argument)));
  for (const [info, width] of [
    [24, 1],
    [25, 2],
    [26, 4],
    [27, 8],
  ] as const) {
    if (argument >= 1n << BigInt(8 * width)) continue;
    const bytes = new Uint8Array(1 + width);
    bytes[0] = (major << 5) | info;
    for (let index = 0; index < width; index++) bytes[width - index] = Number((argument >> BigInt(8 * index)) & 0xffn);
    all.push(bytes);
  }
  return all;
}

const head = (major: number, argument: number | bigint): fc.Arbitrary<Uint8Array> =>
  fc.constantFrom(...heads(major, BigInt(argument)));

const exact = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

const argument = fc.oneof(
  fc.bigInt({ min: 0n, max: 30n }),
  fc.bigInt({ min: 0n, max: U64 }),
  fc.constantFrom(23n, 24n, 255n, 256n, 65_535n, 65_536n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 2n, 2n ** 53n - 1n),
  fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, U64),
);

const integer: fc.Arbitrary<Encoding> = fc.tuple(argument, fc.boolean()).chain(([size, negative]) =>
  head(negative ? 1 : 0, size).map((bytes) => ({
    value: exact(negative ? -1n - size : size),
    bytes,
    chunks: false,
  })),
);

function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits >> 15 === 0 ? 1 : -1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const float: fc.Arbitrary<Encoding> = fc.oneof(
  fc.nat(0xffff).map((bits) => ({
    value: half(bits),
    bytes: Uint8Array.of(0xf9, bits >> 8, bits & 255),
    chunks: false,
  })),
  fc.float().map((value) => {
    const bytes = new Uint8Array(5).fill(0xfa, 0, 1);
    new DataView(bytes.buffer).setFloat32(1, value);
    return { value, bytes, chunks: false };
  }),
  fc.double().map((value) => {
    const bytes = new Uint8Array(9).fill(0xfb, 0, 1);
    new DataView(bytes.buffer).setFloat64(1, value);
    return { value, bytes, chunks: false };
  }),
);

const simple: fc.Arbitrary<Encoding> = fc
  .constantFrom<[number, unknown]>([0xf4, false], [0xf5, true], [0xf6, null], [0xf7, undefined])
  .map(([byte, value]) => ({ value, bytes: Uint8Array.of(byte), chunks: false }));

const blob = fc.uint8Array({ maxLength: 30 }).map((array) => Uint8Array.from(array));
const prose = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('__proto__', '', '\ufeffx', 'key'),
);

function definite(major: number, content: Uint8Array): fc.Arbitrary<Uint8Array> {
  return head(major, content.length).map((start) => concat(start, content));
}

function inChunks(major: number, contents: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(...contents.map((content) => definite(major, content)))
    .map((chunks) => concat(Uint8Array.of((major << 5) | 31), ...chunks, Uint8Array.of(0xff)));
}

const wholeBytes: fc.Arbitrary<Encoding> = blob.chain((value) =>
  definite(2, value).map((bytes) => ({ value, bytes, chunks: false })),
);
const wholeText: fc.Arbitrary<Encoding> = prose.chain((value) =>
  definite(3, utf8Encode(value)).map((bytes) => ({ value, bytes, chunks: false })),
);
const chunkedBytes: fc.Arbitrary<Encoding> = fc
  .array(blob, { maxLength: 4 })
  .chain((contents) => inChunks(2, contents).map((bytes) => ({ value: concat(...contents), bytes, chunks: true })));
const chunkedText: fc.Arbitrary<Encoding> = fc
  .array(prose, { maxLength: 4 })
  .chain((contents) =>
    inChunks(3, contents.map(utf8Encode)).map((bytes) => ({ value: contents.join(''), bytes, chunks: true })),
  );

/** Tags 2 and 3 with leading zeros and heads of any width. */
const bignum: fc.Arbitrary<Encoding> = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 200n }), fc.boolean(), fc.nat(3))
  .chain(([size, negative, zeros]) => {
    const hex = size === 0n ? '' : size.toString(16);
    const digits = `${'00'.repeat(zeros)}${hex.length % 2 === 0 ? hex : `0${hex}`}`;
    const content = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    return fc
      .tuple(head(6, negative ? 3 : 2), definite(2, content))
      .map(([tag, bytes]) => ({ value: negative ? -1n - size : size, bytes: concat(tag, bytes), chunks: false }));
  });

function container(major: number, count: number, items: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    head(major, count).map((start) => concat(start, ...items)),
    fc.constant(concat(Uint8Array.of((major << 5) | 31), ...items, Uint8Array.of(0xff))),
  );
}

const anyChunks = (items: readonly Encoding[]): boolean => items.some(({ chunks }) => chunks);

/** A value the receiver makes of a map: an object where every key is text, else a Map. */
function mapOf(entries: readonly (readonly [Encoding, Encoding])[]): unknown {
  if (!entries.every(([key]) => typeof key.value === 'string')) {
    return new Map(entries.map(([key, item]) => [key.value, item.value]));
  }
  return Object.fromEntries(entries.map(([key, item]) => [key.value as string, item.value]));
}

const textKey = fc.oneof(wholeText, chunkedText);
const anyKey = fc.oneof(textKey, integer, simple);

/** Values that every receiver takes, in every form CBOR has for them. */
export const anyEncoding: fc.Arbitrary<Encoding> = fc.letrec<{ item: Encoding }>((tie) => {
  const items = fc.array(tie('item'), { maxLength: 6 });
  const array = items.chain((list) =>
    container(
      4,
      list.length,
      list.map(({ bytes }) => bytes),
    ).map((bytes) => ({ value: list.map(({ value }) => value), bytes, chunks: anyChunks(list) })),
  );
  const members = fc.uniqueArray(fc.oneof(integer, wholeText), { maxLength: 5, selector: ({ value }) => value });
  const set = members.chain((list) =>
    fc
      .tuple(
        head(6, 258),
        container(
          4,
          list.length,
          list.map(({ bytes }) => bytes),
        ),
      )
      .map(([tag, bytes]) => ({
        value: new Set(list.map(({ value }) => value)),
        bytes: concat(tag, bytes),
        chunks: anyChunks(list),
      })),
  );
  const entries = (key: fc.Arbitrary<Encoding>): fc.Arbitrary<[Encoding, Encoding][]> =>
    fc.uniqueArray(fc.tuple(key, tie('item')), { maxLength: 6, selector: ([{ value }]) => value });
  const map = fc.oneof(entries(textKey), entries(anyKey)).chain((list) =>
    container(
      5,
      list.length,
      list.map(([key, item]) => concat(key.bytes, item.bytes)),
    ).map((bytes) => ({ value: mapOf(list), bytes, chunks: list.some(anyChunks) })),
  );
  return {
    item: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      integer,
      float,
      simple,
      wholeBytes,
      wholeText,
      chunkedBytes,
      chunkedText,
      bignum,
      array,
      set,
      map,
    ),
  };
}).item;
