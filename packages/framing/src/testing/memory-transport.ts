import type { Clock, Transport, TransportHandlers } from '../transport/transport.js';

/** One end of a transport in memory. Its other end must be started before it sends. */
export class MemoryTransport implements Transport {
  readonly #clock: Clock;
  #other: MemoryTransport | undefined;
  #handlers: TransportHandlers | undefined;
  #inbox: Uint8Array[] = [];
  #paused = false;
  #closed = false;
  /** Nothing more is put into the inbox. */
  #inputEnds = false;
  bufferedBytes = 0;
  /** While true the other end gets nothing, as if the network had stalled. */
  stalled = false;
  /** The code and reason this end was closed with, once it was. */
  closedWith: { readonly code: number; readonly reason: string } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Connects two ends. */
  join(other: MemoryTransport): void {
    this.#other = other;
    other.#other = this;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    this.#deliverLater();
  }

  send(chunks: readonly Uint8Array[]): void {
    if (this.#closed) return;
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const message = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
      message.set(chunk, at);
      at += chunk.length;
    }
    this.bufferedBytes += size;
    const other = this.#other;
    if (other === undefined) return;
    other.#inbox.push(message);
    other.#deliverLater();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverLater();
  }

  finish(): void {
    const other = this.#other;
    if (other === undefined) return;
    other.#inputEnds = true;
    other.#deliverLater();
  }

  close(code: number, reason: string): void {
    this.#finish(code, reason);
    const other = this.#other;
    if (other !== undefined) this.#clock.defer(() => other.#finishAfterInbox(code, reason));
  }

  terminate(): void {
    this.#finish(1006, '');
    const other = this.#other;
    if (other !== undefined) this.#clock.defer(() => other.#finish(1006, ''));
  }

  /** Lets a stalled network go on. */
  release(): void {
    this.stalled = false;
    const other = this.#other;
    if (other !== undefined) other.#deliverLater();
  }

  #deliverLater(): void {
    this.#clock.defer(() => this.#deliver());
  }

  #deliver(): void {
    const sender = this.#other;
    while (!this.#paused && !this.#closed && this.#handlers !== undefined && sender?.stalled === false) {
      const message = this.#inbox.shift();
      if (message === undefined) {
        this.#endInput();
        return;
      }
      const wasFull = sender.bufferedBytes > 0;
      sender.bufferedBytes -= message.length;
      this.#handlers.bytes(message);
      if (wasFull && sender.bufferedBytes === 0 && !sender.#closed) sender.#handlers?.drain();
    }
  }

  #endInput(): void {
    if (!this.#inputEnds) return;
    this.#inputEnds = false;
    this.#handlers?.ended?.();
  }

  #finishAfterInbox(code: number, reason: string): void {
    this.#deliver();
    this.#finish(code, reason);
  }

  #finish(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.closedWith = { code, reason };
    this.#clock.defer(() => this.#handlers?.closed(code, reason));
  }
}

/** Two connected ends: what one sends, the other receives at the end of the turn. */
export function memoryTransportPair(clock: Clock): [client: MemoryTransport, server: MemoryTransport] {
  const client = new MemoryTransport(clock);
  const server = new MemoryTransport(clock);
  client.join(server);
  return [client, server];
}
