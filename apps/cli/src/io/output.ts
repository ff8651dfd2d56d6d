import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { WiremuxError } from '@wiremux/framing';

/** Bytes that may wait for a reader of what cannot be made to wait; past it lines are dropped. */
const MAX_WAITING = 1024 * 1024;

/** What the system says when the other end of a pipe or socket has been closed. */
const READER_GONE: readonly (string | undefined)[] = ['EPIPE', 'ECONNRESET'];

/** One of the process's output streams: written at the speed of its reader, whose going (as `head` does) it notices. */
export class Output {
  /** The terminal this stream writes to, if it is one. */
  readonly terminal: NodeJS.WriteStream | undefined;
  readonly #stream: Writable;
  readonly #gone = new AbortController();
  #failure: WiremuxError | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.terminal = stream.isTTY ? stream : undefined;
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A reader that closed the pipe has had enough: that is no failure.
      if (!READER_GONE.includes(error.code)) this.#failure ??= outputFailed(error);
      this.abandon();
    });
  }

  /** Aborted once nothing more will be written: nobody reads it, it cannot be written, or it is not wanted any more. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Why nothing can be written, where that is not the reader's choice. */
  get failure(): WiremuxError | undefined {
    return this.#failure;
  }

  /** Writes nothing more, and lets go who waits to. */
  abandon(): void {
    this.#gone.abort();
  }

  /** Writes text and a line feed; resolves when there is room for more, or no more will be written. */
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

  /** Resolves when all written has left the process, or no more will be written. */
  async flush(): Promise<void> {
    if (this.#gone.signal.aborted) return;
    await new Promise<void>((resolve) => this.#stream.write('', () => resolve()));
  }
}

function outputFailed(cause: Error): WiremuxError {
  return new WiremuxError('output-failed', `The output cannot be written: ${cause.message}.`, { cause });
}
