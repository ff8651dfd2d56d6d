import type { Direction } from '@wiremux/framing';

/** Bytes that wait to be looked at, at most; past it what passes is missed. */
const MOST_BYTES: number = 4 * 1024 * 1024;

/** What waits: bytes, or the place where bytes were missed. */
export type BacklogEntry =
  | { readonly kind: 'bytes'; readonly direction: Direction; readonly bytes: Uint8Array; readonly time: number }
  | { readonly kind: 'gap'; readonly direction: Direction };

/** Bytes that have passed and wait for a tap to look at them: bounded, so that nobody ever waits for the tap. */
export class Backlog {
  #entries: BacklogEntry[] = [];
  /** Entries before it are taken: to shift a long list costs its length. */
  #next = 0;
  #size = 0;
  readonly #missing = { in: false, out: false };
  readonly #missed = { in: 0, out: 0 };

  /** Bytes that were not kept. */
  get missed(): { readonly in: number; readonly out: number } {
    return { ...this.#missed };
  }

  /** Keeps a message; its bytes are copied where they may change. */
  add(direction: Direction, chunks: readonly Uint8Array[], time: number): void {
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const isMissing = this.#missing[direction];
    // Once bytes are missed, more are until there is room to go on for a while.
    if (this.#size + size > (isMissing ? MOST_BYTES / 2 : MOST_BYTES)) {
      if (!isMissing) this.#entries.push({ kind: 'gap', direction });
      this.#missing[direction] = true;
      this.#missed[direction] += size;
      return;
    }
    this.#missing[direction] = false;
    const [first = new Uint8Array(0)] = chunks;
    const bytes = direction === 'out' && chunks.length === 1 ? first : Buffer.concat(chunks);
    this.#entries.push({ kind: 'bytes', direction, bytes, time });
    this.#size += size;
  }

  /** The oldest entry, taken out. */
  take(): BacklogEntry | undefined {
    const entry = this.#entries[this.#next++];
    if (entry === undefined || this.#next === this.#entries.length) {
      this.#entries = [];
      this.#next = 0;
    }
    if (entry?.kind === 'bytes') this.#size -= entry.bytes.length;
    return entry;
  }

  clear(): void {
    this.#entries = [];
    this.#next = 0;
    this.#size = 0;
  }
}
