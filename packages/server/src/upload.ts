import { WiremuxError } from '@wiremux/framing';

/** What an upload asks of the connection. */
export interface UploadFlow {
  /** The consumer is done with that many bytes: as many more may come (SPEC 8.5.6). */
  taken(bytes: number): void;
  /** The consumer wants no more: the sender is told to stop (SPEC 8.6.5). */
  refuse(): void;
}

/**
 * The data of one request, as its handler reads it. Pieces wait here until they are asked for; how many can wait is
 * bounded by the credit of their sender, which grows only by what was taken.
 */
export class Upload implements AsyncIterable<Uint8Array> {
  readonly #flow: UploadFlow;
  #pieces: Uint8Array[] = [];
  #complete = false;
  #claimed = false;
  /** The reader has left, of itself or because it has seen the end. */
  #left = false;
  #failure: WiremuxError | undefined;
  #wake: (() => void) | undefined;

  constructor(flow: UploadFlow) {
    this.#flow = flow;
  }

  /** A piece has arrived; it belongs to the upload from now on. */
  push(piece: Uint8Array): void {
    if (this.#left || this.#failure || piece.length === 0) return;
    this.#pieces.push(piece);
    this.#notify();
  }

  /** All pieces have arrived. */
  complete(): void {
    this.#complete = true;
    this.#notify();
  }

  /** Nothing more comes, and what has come is worth nothing: the reader gets `error`. */
  abort(error: WiremuxError): void {
    this.#failure ??= error;
    this.#pieces = [];
    this.#notify();
  }

  /** The answer has ended. A reader left behind gets an error, since an end would pass for that of the data. */
  release(): void {
    if (this.#left || (this.#complete && this.#pieces.length === 0)) return;
    this.#flow.refuse();
    this.abort(new WiremuxError('aborted', 'The answer has ended: the data of its request is not read any more.'));
  }

  /** @throws {TypeError} when called again: pieces are gone once they are read */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, void, undefined> {
    if (this.#claimed) throw new TypeError('The data of a request can be read once only: keep what is needed again.');
    this.#claimed = true;
    return this.#read();
  }

  async *#read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        this.#check();
        const pieces = this.#pieces;
        this.#pieces = [];
        for (const piece of pieces) {
          yield piece;
          this.#check();
          this.#flow.taken(piece.length);
        }
        if (this.#pieces.length > 0) continue;
        if (this.#complete) return;
        await this.#arrival();
      }
    } finally {
      this.#leave();
    }
  }

  #check(): void {
    if (this.#failure) throw this.#failure;
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #leave(): void {
    this.#left = true;
    this.#pieces = [];
    if (!this.#complete && !this.#failure) this.#flow.refuse();
  }
}
