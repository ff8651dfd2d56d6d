/** The eight kinds of CBOR item, in the top three bits of a head (RFC 8949 §3.1). */
export const Major = {
  Unsigned: 0,
  Negative: 1,
  Bytes: 2,
  Text: 3,
  Array: 4,
  Map: 5,
  Tag: 6,
  /** Simple values and floats. */
  Simple: 7,
} as const;
export type Major = (typeof Major)[keyof typeof Major];

/** The low five bits of a head whose length is not known in advance. */
export const INDEFINITE = 31;
/** Ends an item of indefinite length. */
export const BREAK = 0xff;

/** The tags read and written (SPEC 3.1). */
export const Tag = { PositiveBignum: 2, NegativeBignum: 3, Set: 258 } as const;

/** The low five bits of the heads of simple values and floats. */
export const Simple = { False: 20, True: 21, Null: 22, Undefined: 23, Float16: 25, Float32: 26, Float64: 27 } as const;

/** Bytes the argument takes after a head whose low five bits are `info`, 24 to 27. */
export function argumentWidth(info: number): number {
  return 1 << (info - 24);
}

/** The argument of `width` bytes at `at`. Past 2^53 it is rounded. */
export function readArgument(bytes: Uint8Array, at: number, width: number): number {
  if (width === 8) return readUint32(bytes, at) * 2 ** 32 + readUint32(bytes, at + 4);
  return width === 4 ? readUint32(bytes, at) : readShort(bytes, at, width);
}

/** What {@link readLength} gives for anything larger: more than any limit allows. */
export const LENGTH_MAX: number = 2 ** 30;

/** The argument as a length, kept to a small integer, so that sums with it stay fast. */
export function readLength(bytes: Uint8Array, at: number, width: number): number {
  return width < 4 ? readShort(bytes, at, width) : Math.min(readArgument(bytes, at, width), LENGTH_MAX) | 0;
}

/** The smallest argument that needs `width` bytes. */
export function leastArgument(width: number): number {
  return width === 1 ? 24 : width === 2 ? 0x100 : width === 4 ? 0x1_0000 : 0x1_0000_0000;
}

function readShort(bytes: Uint8Array, at: number, width: number): number {
  return width === 1 ? (bytes[at] as number) : ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** Four bytes at `at`, big-endian. */
function readUint32(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  return high * 256 + (bytes[at + 3] as number);
}
