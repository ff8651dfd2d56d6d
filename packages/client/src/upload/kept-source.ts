import type { UploadReader, UploadSource } from './source.js';

/** Bytes from which on nothing is kept any more; one piece may reach past them. */
const MOST_KEPT = 256 * 1024;

/**
 * Keeps what an upload has read at first, so that a request which the gateway did not begin can be sent again, whatever
 * its source: of one that is not begun, no more is read than its connection takes before there is credit.
 */
export class KeptSource {
  readonly #source: UploadSource;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #keeps = true;
  /** Nothing that was read is gone. */
  #whole = true;
  #ended = false;
  #reading: Promise<void> | undefined;

  constructor(source: UploadSource) {
    this.#source = source;
  }

  /** It can be read from its beginning. */
  get rewindable(): boolean {
    return this.#whole;
  }

  /** The request runs: nothing need be kept from now on. */
  release(): void {
    this.#keeps = false;
  }

  /** All of it from the beginning, while {@link rewindable}. A reader before this one must not be read from any more. */
  reader(): UploadReader {
    let at = 0;
    const read = async (): Promise<Uint8Array | undefined> => {
      while (this.#whole && at === this.#pieces.length && !this.#ended) {
        if (this.#reading === undefined && !this.#hasRoom) {
          this.#letGo();
          break;
        }
        this.#reading ??= this.#keepOne();
        await this.#reading;
      }
      return this.#whole ? this.#pieces[at++] : this.#source.read();
    };
    return { read, cancel: () => this.cancel() };
  }

  /** The same from its beginning, where it is such that it can be read again. */
  again(): KeptSource | undefined {
    const source = this.#source.again();
    return source && new KeptSource(source);
  }

  cancel(): void {
    this.#source.cancel();
  }

  get #hasRoom(): boolean {
    return this.#keeps && this.#bytes < MOST_KEPT;
  }

  /** A read that was under way when its reader was given up is the next one's. */
  async #keepOne(): Promise<void> {
    const piece = await this.#source.read();
    this.#reading = undefined;
    if (piece === undefined) {
      this.#ended = true;
    } else {
      this.#pieces.push(piece);
      this.#bytes += piece.byteLength;
    }
  }

  #letGo(): void {
    this.#whole = false;
    this.#pieces = [];
  }
}
