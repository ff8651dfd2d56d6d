import { CloseCode, fault, type ProtocolFault } from '../errors.js';
import type { PeerContext } from './context.js';
import type { Heartbeat } from './heartbeat.js';
import type { Requester } from './requester.js';
import type { StalledUploads } from './stalled-uploads.js';

/** A session in which nothing happens shows after so many ms that its transport carries something (SPEC 8.8.15). */
const QUIET_MS = 50;

/** What time does to one transport: its handshake, the other side's silence, an upload that nobody reads. */
export class TransportWatch {
  readonly #context: PeerContext;
  readonly #heartbeat: Heartbeat;
  readonly #uploads: StalledUploads;
  readonly #requester: Requester;
  /** When the transport was opened, monotonic ms. */
  #openedAt: number;
  /** When a quiet session is to send something; Infinity if it need not. */
  #showAt: number = Number.POSITIVE_INFINITY;

  constructor(context: PeerContext, heartbeat: Heartbeat, uploads: StalledUploads, requester: Requester) {
    this.#context = context;
    this.#heartbeat = heartbeat;
    this.#uploads = uploads;
    this.#requester = requester;
    this.#openedAt = context.now;
  }

  /** There is another transport, opened now. */
  restart(): void {
    this.#openedAt = this.#context.now;
    this.#showAt = Number.POSITIVE_INFINITY;
  }

  /** Client: the session goes on where it went on the last time, with nothing to send again (SPEC 8.8.15). */
  resumedQuietly(): void {
    this.#showAt = this.#context.now + QUIET_MS;
  }

  /** Goes on with a transport that another has watched. */
  inherit(other: TransportWatch): void {
    this.#openedAt = other.#openedAt;
  }

  /** When {@link check} is to be called, monotonic ms. `handshaking`: the other side's settings are awaited. */
  nextCheck(handshaking: boolean): number {
    if (handshaking) return this.#openedAt + this.#context.limits.settingsTimeout;
    if (!this.#context.dialect.duplex) return this.#uploads.nextCheck;
    return Math.min(this.#heartbeat.nextTimeout, this.#showAt);
  }

  /** The fault of a peer that took too long; uploads end by themselves. */
  check(handshaking: boolean): ProtocolFault | undefined {
    if (handshaking) return this.#checkHandshake();
    if (this.#context.dialect.duplex) {
      if (this.#context.now >= this.#showAt) this.#show();
      return this.#heartbeat.handleTimeout();
    }
    this.#uploads.failStalled(this.#context.now);
    return undefined;
  }

  /** The least that is counted and changes nothing: credit for a request that is not open. */
  #show(): void {
    this.#showAt = Number.POSITIVE_INFINITY;
    const id = this.#requester.takeId();
    if (id === undefined) return;
    this.#context.output.credit(id, 1);
    this.#context.wake();
  }

  #checkHandshake(): ProtocolFault | undefined {
    const { settingsTimeout } = this.#context.limits;
    if (this.#context.now < this.#openedAt + settingsTimeout) return undefined;
    const message = `The settings were not complete after ${settingsTimeout} ms.`;
    return fault('8.3.8', message, CloseCode.HandshakeTimeout);
  }
}
