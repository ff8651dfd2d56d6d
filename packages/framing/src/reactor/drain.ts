import { FrameType } from '../dialect/types.js';
import { CloseCode, fault, type ProtocolFault } from '../errors.js';
import { type DrainNotice, encodeDrain, parseDrain } from '../message/control.js';
import { closeEndsSession } from '../session/close-table.js';
import type { PeerContext } from './context.js';

/** A server that is about to leave: its notice goes out, or comes in, on every transport (SPEC 8.10). */
export class Drain {
  readonly #context: PeerContext;
  /** Server: what is said on this transport and on those that come. */
  #payload: Uint8Array | undefined;
  /** Server: its settings are out on this transport, which go first. */
  #ready = false;
  /** Client: it came on this transport. */
  #told = false;

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /**
   * Whether the close of the transport with this code, by this side, ends a session. A server that has said that it leaves
   * closes with 1012 when its grace is over: it keeps nothing (SPEC 8.10.7).
   */
  endsSession(code: number, by: 'client' | 'server'): boolean {
    const said = this.#told || (this.#ready && this.#payload !== undefined);
    return closeEndsSession(code, by) || (said && code === CloseCode.Restart && by === 'server');
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
