import type { Transport, TransportHandlers } from './transport.js';

/** Hears nothing of a transport any more. */
const NOBODY: TransportHandlers = {
  bytes: () => undefined,
  drain: () => undefined,
  closed: () => undefined,
};

/** A transport whose user may change: it tells whoever has the seat. */
export class TransportSeat {
  readonly transport: Transport;
  /** It was told to stop reading. */
  paused = false;
  #user: TransportHandlers;

  constructor(transport: Transport, user: TransportHandlers) {
    this.transport = transport;
    this.#user = user;
    transport.start({
      bytes: (chunk) => this.#user.bytes(chunk),
      drain: () => this.#user.drain(),
      ended: () => this.#user.ended?.(),
      closed: (code, reason) => this.#user.closed(code, reason),
    });
  }

  /** Somebody else hears of it from now on. */
  give(user: TransportHandlers): void {
    this.#user = user;
  }

  /** Nobody does. */
  leave(): void {
    this.#user = NOBODY;
  }
}
