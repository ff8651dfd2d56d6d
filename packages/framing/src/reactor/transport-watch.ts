import { CloseCode, fault, type ProtocolFault } from '../errors.js';
import type { PeerContext } from './context.js';
import type { Requester } from './requester.js';

/** A session in which nothing happens shows after so many ms that its transport carries something (SPEC 8.8.15). */
const QUIET_MS = 50;

/** What else time does once the handshake is over. */
export interface TimedPart {
  /** When {@link TimedPart.handleTimeout} wants to be called, monotonic ms; Infinity: never as things are. */
  readonly nextTimeout: number;
  /** The fault of a peer that took too long. */
  handleTimeout(): ProtocolFault | undefined;
}

/** What time does to one transport: its handshake, then the other side's silence, or an upload that nobody reads. */
export class TransportWatch {
  readonly #context: PeerContext;
  readonly #then: TimedPart;
  readonly #ids: { readonly requester: Requester };
  /** When the transport was opened, monotonic ms. */
  #openedAt: number;
  /** When a quiet session is to send something; Infinity if it need not. */
  #showAt: number = Number.POSITIVE_INFINITY;

  /** @param then what is watched behind the handshake  @param ids has an id that no request uses */
  constructor(context: PeerContext, then: TimedPart, ids: { readonly requester: Requester }) {
    this.#context = context;
    this.#then = then;
    this.#ids = ids;
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
    return Math.min(this.#then.nextTimeout, this.#showAt);
  }

  /** The fault of a peer that took too long. */
  check(handshaking: boolean): ProtocolFault | undefined {
    if (handshaking) return this.#checkHandshake();
    if (this.#context.now >= this.#showAt) this.#show();
    return this.#then.handleTimeout();
  }

  /** The least that is counted and changes nothing: credit for a request that is not open. */
  #show(): void {
    this.#showAt = Number.POSITIVE_INFINITY;
    const id = this.#ids.requester.takeId();
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
