import type { Transport, TransportHandlers } from './transport.js';

/** Hears nothing of a transport any more. */
const NOBODY: TransportHandlers = {
  bytes: () => undefined,
  drain: () => undefined,
  closed: () => undefined,
};

/** A transport whose user may change: it tells whoever has the seat. */
export class TransportSeat implements TransportHandlers {
  readonly transport: Transport;
  /** It was told to stop reading. */
  paused = false;
  #user: TransportHandlers;

  constructor(transport: Transport, user: TransportHandlers) {
    this.transport = transport;
    this.#user = user;
    transport.start(this);
  }

  /** Somebody else hears of it from now on. */
  give(user: TransportHandlers): void {
    this.#user = user;
  }

  /** Nobody does. */
  leave(): void {
    this.#user = NOBODY;
  }

  bytes(chunk: Uint8Array): void {
    this.#user.bytes(chunk);
  }

  drain(): void {
    this.#user.drain();
  }

  ended(): void {
    this.#user.ended?.();
  }

  closed(code: number, reason: string): void {
    this.#user.closed(code, reason);
  }
}
