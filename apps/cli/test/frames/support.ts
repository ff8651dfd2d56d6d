/** The bytes as a stream of one chunk each `size` bytes. */
export async function* inChunks(
  bytes: Uint8Array | string,
  size = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Uint8Array> {
  const whole = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

/** All that `items` gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
