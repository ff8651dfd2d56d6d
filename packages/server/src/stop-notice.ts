import type { WiremuxError } from '@wiremux/framing';

/** Tells a handler, and what works for it, that it is to stop. */
export class StopNotice {
  #reason: WiremuxError | undefined;
  #controller: AbortController | undefined;
  #callbacks: Set<(reason: WiremuxError) => void> | undefined;

  /** @param reason it is to stop already */
  constructor(reason: WiremuxError | undefined) {
    this.#reason = reason;
  }

  /** Made when first asked for: most handlers that answer at once never do. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Calls back when it is given; the result takes that back. */
  subscribe(callback: (reason: WiremuxError) => void): () => void {
    this.#callbacks ??= new Set();
    this.#callbacks.add(callback);
    return () => this.#callbacks?.delete(callback);
  }

  give(reason: WiremuxError): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
    for (const callback of this.#callbacks ?? []) callback(reason);
  }
}
