import type { WiremuxError } from '@wiremux/framing';

/** One byte string of an answer, as its pieces come: read whole where it is short, else piece by piece. */
export class BytePieces implements AsyncIterable<Uint8Array> {
  /** Bytes they took on the wire, of all pieces so far. */
  size = 0;
  readonly #taken: (size: number) => void;
  #pieces: { readonly bytes: Uint8Array; readonly size: number }[] = [];
  #complete = false;
  #failure: WiremuxError | undefined;
  #wake: () => void = () => undefined;

  /** @param taken called with the size of each piece that its reader is done with */
  constructor(taken: (size: number) => void) {
    this.#taken = taken;
  }

  /** @param size bytes it took on the wire */
  push(bytes: Uint8Array, size: number): void {
    this.size += size;
    this.#pieces.push({ bytes, size });
    this.#wake();
  }

  complete(): void {
    this.#complete = true;
    this.#wake();
  }

  /** The rest will not come. */
  fail(error: WiremuxError): void {
    this.#failure = error;
    this.#wake();
  }

  /** All of it, once it is complete and nobody has begun to read it. */
  whole(): Uint8Array {
    const [first, ...rest] = this.#pieces;
    return first !== undefined && rest.length === 0
      ? first.bytes
      : new Uint8Array(Buffer.concat(this.#pieces.map(({ bytes }) => bytes)));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        yield piece.bytes;
        this.#taken(piece.size);
      } else if (this.#failure !== undefined) {
        throw this.#failure;
      } else if (this.#complete) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
