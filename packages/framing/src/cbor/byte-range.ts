/** Bytes `from` up to `to` of `bytes`, which may hold more than them: what is written is handed on so, without a view of it. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** All of these bytes. */
export function rangeOf(bytes: Uint8Array): ByteRange {
  return { bytes, from: 0, to: bytes.length };
}
