import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Bytes that may wait for a reader of what cannot be made to wait; past it lines are dropped. */
const MAX_WAITING = 1024 * 1024;

/** One of the process's output streams: written at the speed of its reader, whose going (as `head` does) it notices. */
export class Output {
  /** The terminal this stream writes to, if it is one. */
  readonly terminal: NodeJS.WriteStream | undefined;
  readonly #stream: Writable;
  readonly #gone = new AbortController();

  constructor(stream: NodeJS.WriteStream) {
    this.terminal = stream.isTTY ? stream : undefined;
    this.#stream = stream;
    // A reader that closed the pipe is no failure of ours; after any other error nothing more can be written either.
    stream.on('error', () => this.#gone.abort());
  }

  /** Aborted once nobody reads any more. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Writes text and a line feed; resolves when there is room for more, or nobody to read it. */
  line(text: string): Promise<void> {
    return this.bytes(Buffer.from(`${text}\n`));
  }

  /** Writes bytes as they are; resolves as {@link line} does. */
  async bytes(bytes: Uint8Array): Promise<void> {
    if (this.#gone.signal.aborted || this.#stream.write(bytes)) return;
    await once(this.#stream, 'drain', { signal: this.#gone.signal }).catch(() => undefined);
  }

  /** Writes text and a line feed without waiting; drops it while too much waits to be read. */
  note(text: string): void {
    if (this.#gone.signal.aborted || this.#stream.writableLength > MAX_WAITING) return;
    this.#stream.write(`${text}\n`);
  }

  /** Resolves when all written has left the process, or nobody reads it. */
  async flush(): Promise<void> {
    if (this.#gone.signal.aborted) return;
    await new Promise<void>((resolve) => this.#stream.write('', () => resolve()));
  }
}
