import { CloseCode, fault, type ProtocolFault } from '../errors.js';
import type { PeerContext } from './context.js';
import type { Heartbeat } from './heartbeat.js';
import type { StalledUploads } from './stalled-uploads.js';

/** What time does to one transport: its handshake, the other side's silence, an upload that nobody reads. */
export class TransportWatch {
  readonly #context: PeerContext;
  readonly #heartbeat: Heartbeat;
  readonly #uploads: StalledUploads;
  /** When the transport was opened, monotonic ms. */
  #openedAt: number;

  constructor(context: PeerContext, heartbeat: Heartbeat, uploads: StalledUploads) {
    this.#context = context;
    this.#heartbeat = heartbeat;
    this.#uploads = uploads;
    this.#openedAt = context.now;
  }

  /** There is another transport, opened now. */
  restart(): void {
    this.#openedAt = this.#context.now;
  }

  /** Goes on with a transport that another has watched. */
  inherit(other: TransportWatch): void {
    this.#openedAt = other.#openedAt;
  }

  /** When {@link check} is to be called, monotonic ms. `handshaking`: the other side's settings are awaited. */
  nextCheck(handshaking: boolean): number {
    if (handshaking) return this.#openedAt + this.#context.limits.settingsTimeout;
    return this.#context.dialect.duplex ? this.#heartbeat.nextTimeout : this.#uploads.nextCheck;
  }

  /** The fault of a peer that took too long; uploads end by themselves. */
  check(handshaking: boolean): ProtocolFault | undefined {
    if (handshaking) return this.#checkHandshake();
    if (this.#context.dialect.duplex) return this.#heartbeat.handleTimeout();
    this.#uploads.failStalled(this.#context.now);
    return undefined;
  }

  #checkHandshake(): ProtocolFault | undefined {
    const { settingsTimeout } = this.#context.limits;
    if (this.#context.now < this.#openedAt + settingsTimeout) return undefined;
    const message = `The settings were not complete after ${settingsTimeout} ms.`;
    return fault('8.3.8', message, CloseCode.HandshakeTimeout);
  }
}
