import type { VirtualClock } from '@wiremux/framing/testing';

type Listener = () => void;

/** One end of a MessageChannel in virtual time: messages are cloned, and what is transferred is gone for its sender. */
export class MemoryPort {
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  /** What it has sent, as it was sent. */
  readonly sent: unknown[] = [];
  /** What comes waits: the page is asleep. */
  frozen = false;
  /** Its browser tells the other end when it is gone. */
  tellsOfEnd = true;
  readonly #clock: VirtualClock;
  readonly #inbox: unknown[] = [];
  readonly #onClose: Listener[] = [];
  #other: MemoryPort | undefined;
  #closed = false;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Two ends, as a page and a worker have them. */
  static pair(clock: VirtualClock): [page: MemoryPort, worker: MemoryPort] {
    const [page, worker] = [new MemoryPort(clock), new MemoryPort(clock)];
    page.#other = worker;
    worker.#other = page;
    return [page, worker];
  }

  /** It as the type that is meant. */
  get port(): MessagePort {
    return this as unknown as MessagePort;
  }

  addEventListener(_: 'close', listener: Listener): void {
    this.#onClose.push(listener);
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    if (this.#closed) return;
    const clone: unknown = structuredClone(message, { transfer });
    this.sent.push(clone);
    const other = this.#other;
    if (other === undefined) return;
    this.#clock.defer(() => {
      other.#inbox.push(clone);
      other.#deliver();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const other = this.#other;
    if (other === undefined || !this.tellsOfEnd) return;
    this.#clock.defer(() => other.#otherClosed());
  }

  /** It goes without a word, as that of a page that crashes where browsers do not tell. */
  crash(): void {
    this.tellsOfEnd = false;
    this.onmessage = null;
    this.close();
  }

  /** The page wakes. */
  thaw(): void {
    this.frozen = false;
    this.#clock.defer(() => this.#deliver());
  }

  #deliver(): void {
    while (!this.frozen && !this.#closed) {
      const message = this.#inbox.shift();
      if (message === undefined) return;
      this.onmessage?.({ data: message });
    }
  }

  #otherClosed(): void {
    if (this.#closed) return;
    for (const listener of this.#onClose) listener();
  }
}
