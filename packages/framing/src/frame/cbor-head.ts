/** The major types of CBOR items (RFC 8949 section 3.1). */
export const Major = {
  Unsigned: 0,
  Negative: 1,
  Bytes: 2,
  Text: 3,
  Array: 4,
  Map: 5,
  Tag: 6,
  Simple: 7,
} as const;

/** The head of one item. */
export interface CborHead {
  readonly major: number;
  /** The low five bits: what kind of simple value or float it is, and how long the argument is. */
  readonly info: number;
  /** Exact. For a float, its bits. */
  readonly argument: bigint;
  /** Where the head ends. */
  readonly end: number;
}

/** The head at `offset`; `undefined` where it is cut or reserved, and for indefinite lengths and breaks. */
export function readHead(bytes: Uint8Array, offset: number): CborHead | undefined {
  const initial = bytes[offset];
  if (initial === undefined) return undefined;
  const major = initial >> 5;
  const info = initial & 0x1f;
  if (info < 24) return { major, info, argument: BigInt(info), end: offset + 1 };
  if (info > 27) return undefined;
  const end = offset + 1 + (1 << (info - 24));
  if (end > bytes.length) return undefined;
  let argument = 0n;
  for (let at = offset + 1; at < end; at++) argument = (argument << 8n) | BigInt(bytes[at] as number);
  return { major, info, argument, end };
}

/** A head in its shortest form. `argument` is at most 2^64 - 1. */
export function encodeHead(major: number, argument: bigint): Uint8Array {
  const size =
    argument < 24n ? 0 : argument < 0x100n ? 1 : argument < 0x1_0000n ? 2 : argument < 0x1_0000_0000n ? 4 : 8;
  const bytes = new Uint8Array(1 + size);
  bytes[0] = (major << 5) | (size === 0 ? Number(argument) : 24 + Math.log2(size));
  let rest = argument;
  for (let at = size; at > 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
