/** Bytes that repeat only after 251, so that no cut or swap of pieces goes unseen. */
export function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => at % 251);
}

/** Whether these are such bytes, from the first one on. */
export function isPattern(bytes: Uint8Array): boolean {
  return bytes.every((byte, at) => byte === at % 251);
}
