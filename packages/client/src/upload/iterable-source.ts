import type { UploadSource } from './source.js';

/** Reads an iterable, sync or async, one piece at a time. */
export class IterableSource implements UploadSource {
  readonly #iterable: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array> | undefined;

  constructor(iterable: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#iterable = iterable;
  }

  async read(): Promise<Uint8Array | undefined> {
    this.#iterator ??=
      Symbol.asyncIterator in this.#iterable
        ? this.#iterable[Symbol.asyncIterator]()
        : this.#iterable[Symbol.iterator]();
    const result: IteratorResult<Uint8Array, unknown> = await this.#iterator.next();
    return result.done === true ? undefined : result.value;
  }

  cancel(): void {
    // A source that fails while it is given up has nobody left to tell.
    this.#return().catch(() => undefined);
  }

  again(): IterableSource | undefined {
    // An iterator gives itself, and is not to be had a second time.
    const isOnce = Object.is(this.#iterator, this.#iterable);
    return isOnce ? undefined : new IterableSource(this.#iterable);
  }

  async #return(): Promise<void> {
    await this.#iterator?.return?.();
  }
}
