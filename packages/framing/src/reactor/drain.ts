import { FrameType } from '../dialect/types.js';
import { fault, type ProtocolFault } from '../errors.js';
import { type DrainNotice, encodeDrain, parseDrain } from '../message/control.js';
import type { PeerContext } from './context.js';

/** A server that is about to leave: its notice goes out, or comes in, on every transport (SPEC 8.10). */
export class Drain {
  readonly #context: PeerContext;
  /** Server: what is said on this transport and on those that come. */
  #payload: Uint8Array | undefined;
  /** Server: its settings are out on this transport, which go first. */
  #ready = false;
  /** Client: it was told on this transport. */
  #told = false;

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /** Server: sends the notice, once its settings were. */
  announce(notice: DrainNotice): void {
    this.#payload = encodeDrain(notice);
    if (this.#ready) this.#send();
  }

  /** Server: its settings were sent. */
  ready(): void {
    this.#ready = true;
    this.#send();
  }

  /** The transport is gone. */
  restart(): void {
    this.#ready = false;
    this.#told = false;
  }

  /** Client: only the first notice of a transport acts (SPEC 8.10.1). */
  receive(payload: Uint8Array): ProtocolFault | undefined {
    if (this.#context.role === 'server') return fault('8.1.5', 'A client sent a drain frame.');
    const notice = parseDrain(payload);
    if (notice === undefined) return fault('8.2.7', 'A drain frame is malformed.');
    if (!this.#told) this.#context.emit({ kind: 'drain', notice });
    this.#told = true;
    return undefined;
  }

  #send(): void {
    if (this.#payload === undefined) return;
    this.#context.output.link(FrameType.Drain, 0, this.#payload);
    this.#context.wake();
  }
}
