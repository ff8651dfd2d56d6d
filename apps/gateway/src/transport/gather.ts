/** Chunks at least this long go to the socket uncopied, bytes; below it one copy costs less than one more write. */
export const UNCOPIED_BYTES: number = 16 * 1024;

/**
 * Joins neighbouring small chunks and leaves large ones as they are, so that a message is few pieces and no large copy.
 * Returns at least one piece for a message that is not empty.
 */
export function gather(chunks: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let run: Uint8Array[] = [];
  const endRun = () => {
    const only = run[0];
    if (only !== undefined) pieces.push(run.length === 1 ? only : Buffer.concat(run));
    run = [];
  };
  for (const chunk of chunks) {
    if (chunk.length >= UNCOPIED_BYTES) {
      endRun();
      pieces.push(chunk);
    } else if (chunk.length > 0) {
      run.push(chunk);
    }
  }
  endRun();
  return pieces;
}
