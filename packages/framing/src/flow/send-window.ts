import { BandwidthDelay } from './bandwidth-delay.js';
import { FrameLedger } from './frame-ledger.js';

/** What an unacknowledged frame counts beside its payload: its header, and what keeping it costs (SPEC 8.7.7). */
const FRAME_COST = 72;
/** What W begins with, and never goes below, bytes (SPEC 8.7.9). */
const LEAST_WINDOW = 131_072;

/**
 * The window W: how much may be on its way without an acknowledgement (SPEC 8.7). It follows twice the bandwidth-delay
 * product, so that a fast path queues little ahead of a small answer and a long one is still filled.
 */
export class SendWindow {
  readonly #most: number;
  readonly #ledger = new FrameLedger();
  readonly #measured = new BandwidthDelay();
  #sent = 0;
  #acknowledged = 0;
  #size: number = LEAST_WINDOW;

  /** @param most what W may grow to, bytes */
  constructor(most: number) {
    this.#most = most;
  }

  /** W in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Session frames sent, the count that acks speak of. */
  get sent(): number {
    return this.#sent;
  }

  /** Session frames that the other side has acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Bytes sent and not acknowledged, {@link FRAME_COST} a frame included. */
  get unacknowledged(): number {
    return this.#ledger.total;
  }

  /** Another frame may go; at most one overshoots (SPEC 8.7.7). */
  get open(): boolean {
    return this.#ledger.total < this.#size;
  }

  /** A session frame goes out. */
  frame(payloadBytes: number): void {
    this.#ledger.push(payloadBytes + FRAME_COST);
    this.#sent++;
  }

  /** A message with session frames goes out, `before` bytes were unacknowledged ahead of it. */
  message(before: number, now: number): void {
    this.#measured.sent(this.#sent, before, now);
  }

  /** There was nothing more to send. */
  starved(): void {
    this.#measured.starved(this.#ledger.total);
  }

  /** The other side has `count` session frames: between `acknowledged` and `sent`. True if the window opened. */
  acknowledge(count: number, now: number): boolean {
    const wasOpen = this.open;
    const bytes = this.#ledger.shift(count - this.#acknowledged);
    this.#acknowledged = count;
    this.#measured.acknowledged(count, bytes, now);
    this.#resize(now);
    return !wasOpen && this.open;
  }

  /** A window that was kept full hides the path's own round trip behind its queue: it narrows until that is seen again. */
  #resize(now: number): void {
    const measured = this.#measured.stale(now) ? 0 : this.#measured.bytes;
    this.#size = Math.max(LEAST_WINDOW, Math.min(2 * measured, this.#most));
  }
}
