import { CancelFlag, FrameType } from '../dialect/types.js';
import { encodeUint } from '../message/control.js';

interface Cancel {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Where the frames go. */
export interface ControlWriter {
  /** Writes one frame; false if the message has no room for it. */
  control(requestId: number, type: number, flags: number, payload: Uint8Array): boolean;
  /** A frame of the request is being encoded, which a cancel must come behind (SPEC 8.4.4). */
  holds(requestId: number): boolean;
  /** A cancel|ack was written. */
  proved(requestId: number): void;
}

/** Credit and cancels that wait to be sent: one of each for a request. */
export class ControlQueue {
  readonly #credits = new Map<number, number>();
  readonly #cancels = new Map<number, Cancel>();

  get empty(): boolean {
    return this.#credits.size === 0 && this.#cancels.size === 0;
  }

  /** Grants of one request merge while they wait (SPEC 8.7.6). */
  credit(requestId: number, bytes: number): void {
    this.#credits.set(requestId, (this.#credits.get(requestId) ?? 0) + bytes);
  }

  forgetCredit(requestId: number): void {
    this.#credits.delete(requestId);
  }

  /** A cancel of one request replaces one that waits. */
  cancel(requestId: number, payload: Uint8Array, ack: boolean): void {
    this.#cancels.set(requestId, { flags: ack ? CancelFlag.Ack : 0, payload });
  }

  /** Writes what may go; false if some had to be left for the next message, which nothing may overtake. */
  writeTo(writer: ControlWriter): boolean {
    for (const [requestId, bytes] of this.#credits) {
      if (!writer.control(requestId, FrameType.Credit, 0, encodeUint(bytes))) return false;
      this.#credits.delete(requestId);
    }
    for (const [requestId, { flags, payload }] of this.#cancels) {
      if (writer.holds(requestId)) continue;
      if (!writer.control(requestId, FrameType.Cancel, flags, payload)) return false;
      this.#cancels.delete(requestId);
      if (flags === CancelFlag.Ack) writer.proved(requestId);
    }
    return true;
  }
}
