import type { AnswerSink, Failure, Pump } from './pump.js';

/** Takes the values of a synchronous iterator, as many at once as the sink has room for. */
export class IteratorPump implements Pump {
  readonly #iterator: Iterator<unknown, unknown, undefined>;
  readonly #sink: AnswerSink;
  #pulling = false;
  #stopped = false;
  #finished = false;

  constructor(iterator: Iterator<unknown, unknown, undefined>, sink: AnswerSink) {
    this.#iterator = iterator;
    this.#sink = sink;
  }

  begin(): void {
    this.#pull();
  }

  writable(): void {
    if (!this.#pulling && !this.#stopped) this.#pull();
  }

  stop(): void {
    if (this.#stopped || this.#finished) return;
    this.#stopped = true;
    // A generator cannot be closed while it runs; the loop that runs it closes it then.
    if (!this.#pulling) this.#close();
  }

  #pull(): void {
    this.#pulling = true;
    try {
      while (!this.#stopped) {
        const { done, value } = this.#iterator.next();
        if (done === true) {
          this.#finish();
          return;
        }
        if (this.#stopped || !this.#sink.value(value)) break;
      }
    } catch (thrown) {
      this.#finish({ thrown });
    } finally {
      this.#pulling = false;
    }
    if (this.#stopped) this.#close();
  }

  #close(): void {
    try {
      this.#iterator.return?.();
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
