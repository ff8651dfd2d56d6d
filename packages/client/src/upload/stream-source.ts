import type { UploadSource } from './source.js';

/** Reads a web stream, or a Blob as one. */
export class StreamSource implements UploadSource {
  readonly #origin: { stream(): ReadableStream<Uint8Array> };
  readonly #isOnce: boolean;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  /** @param isOnce there is one stream: what it gave cannot be read again. */
  constructor(origin: { stream(): ReadableStream<Uint8Array> }, isOnce: boolean) {
    this.#origin = origin;
    this.#isOnce = isOnce;
  }

  async read(): Promise<Uint8Array | undefined> {
    this.#reader ??= this.#origin.stream().getReader();
    return (await this.#reader.read()).value;
  }

  cancel(): void {
    // A stream that is locked by another reader, or fails while it is given up, has nobody left to tell.
    this.#cancel().catch(() => undefined);
  }

  again(): StreamSource | undefined {
    return this.#isOnce ? undefined : new StreamSource(this.#origin, false);
  }

  async #cancel(): Promise<void> {
    await (this.#reader ?? this.#origin.stream()).cancel();
  }
}
