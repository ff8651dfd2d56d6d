import type { AnswerSink, Failure, Pump } from './pump.js';

/** Asks an async iterable for its next value only while the sink has room. */
export class AsyncIterablePump implements Pump {
  readonly #source: AsyncIterable<unknown, unknown>;
  readonly #sink: AnswerSink;
  #iterator: AsyncIterator<unknown, unknown> | undefined;
  #pending: Promise<IteratorResult<unknown, unknown>> | undefined;
  #wake: (() => void) | undefined;
  #started = false;
  #stopped = false;
  #finished = false;

  constructor(source: AsyncIterable<unknown, unknown>, sink: AnswerSink) {
    this.#source = source;
    this.#sink = sink;
  }

  begin(): void {
    this.#started = true;
    void this.#run();
  }

  writable(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  stop(): void {
    if (this.#stopped || this.#finished) return;
    this.#stopped = true;
    this.writable();
    if (this.#iterator) void this.#close(this.#iterator);
    else if (!this.#started) void this.#run();
  }

  async #run(): Promise<void> {
    try {
      const iterator = this.#source[Symbol.asyncIterator]();
      this.#iterator = iterator;
      if (this.#stopped) await this.#close(iterator);
      while (!this.#stopped) {
        this.#pending = iterator.next();
        const step = await this.#pending;
        if (this.#stopped) return;
        if (step.done === true) this.#finish();
        if (this.#finished) return;
        const hasRoom = this.#sink.value(step.value);
        if (!hasRoom && !this.#stopped) await this.#room();
      }
    } catch (thrown) {
      // Once stopped, whoever closes the iterator reports how that went.
      if (!this.#stopped || !this.#iterator) this.#finish({ thrown });
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** An iterator without `return` cannot be told to stop: it has stopped when its last value is there. */
  async #close(iterator: AsyncIterator<unknown, unknown>): Promise<void> {
    try {
      await (iterator.return ? iterator.return() : this.#pending);
      this.#finish();
    } catch (thrown) {
      this.#finish({ thrown });
    }
  }

  #finish(failure?: Failure): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#sink.finished(failure);
  }
}
