const scratch = new DataView(new ArrayBuffer(8));

/** The IEEE 754 number of `width` bytes (2, 4 or 8) at `at`, big-endian. */
export function readFloat(bytes: Uint8Array, at: number, width: number): number {
  if (width === 2) return readFloat16(((bytes[at] as number) << 8) | (bytes[at + 1] as number));
  scratch.setInt32(0, readInt32(bytes, at));
  if (width === 4) return scratch.getFloat32(0);
  scratch.setInt32(4, readInt32(bytes, at + 4));
  return scratch.getFloat64(0);
}

function readInt32(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
  return high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
}

function readFloat16(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (0x400 + fraction) * 2 ** (exponent - 25);
}
