/** The smallest code point that needs as many bytes of UTF-8 as the index says. */
const SMALLEST = [0, 0, 0x80, 0x800, 0x1_0000];

/** Bytes of a code point in UTF-8. */
export function utf8Size(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4;
}

/** True if UTF-8 can say it: in range, and not a surrogate. */
export function isScalar(codePoint: number): boolean {
  return codePoint < 0xd800 || (codePoint > 0xdfff && codePoint <= 0x10_ffff);
}

/** The code point whose UTF-8 begins at `offset`, or -1 where no well-formed sequence does. */
export function readCodePoint(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset];
  if (first === undefined || first < 0x80) return first ?? -1;
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || offset + size > bytes.length) return -1;
  let codePoint = first & (0x7f >> size);
  for (let at = offset + 1; at < offset + size; at++) {
    const byte = bytes[at] as number;
    if ((byte & 0xc0) !== 0x80) return -1;
    codePoint = (codePoint << 6) | (byte & 0x3f);
  }
  return codePoint >= (SMALLEST[size] as number) && isScalar(codePoint) ? codePoint : -1;
}

/** Writes a code point as UTF-8 and returns the offset behind it. */
export function writeCodePoint(target: Uint8Array, offset: number, codePoint: number): number {
  const size = utf8Size(codePoint);
  if (size === 1) {
    target[offset] = codePoint;
    return offset + 1;
  }
  let rest = codePoint;
  for (let at = offset + size - 1; at > offset; at--) {
    target[at] = 0x80 | (rest & 0x3f);
    rest >>= 6;
  }
  target[offset] = (0xf00 >> size) | rest;
  return offset + size;
}
