import { BandwidthDelay } from './bandwidth-delay.js';
import { FrameLedger } from './frame-ledger.js';

/** What an unacknowledged frame counts beside its payload: its header, and what keeping it costs (SPEC 8.7.7). */
export const FRAME_COST = 72;
/** Frames with more payload than this wait for a wide window (SPEC 8.7.8). */
const LARGE_PAYLOAD = 65_536;

/** Bounds of a {@link SendWindow}, bytes. */
export interface WindowBounds {
  /** What it begins with, and never goes below. */
  readonly floor: number;
  readonly ceiling: number;
}

/**
 * The window W: how much may be on its way without an acknowledgement (SPEC 8.7). It follows twice the bandwidth-delay
 * product, so that a fast path queues little ahead of a small answer and a long one is still filled.
 */
export class SendWindow {
  readonly #bounds: WindowBounds;
  readonly #ledger = new FrameLedger();
  #measured = new BandwidthDelay();
  #sent = 0;
  #acknowledged = 0;
  #size: number;

  constructor(bounds: WindowBounds) {
    this.#bounds = bounds;
    this.#size = bounds.floor;
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

  /** The largest payload a frame may have now (SPEC 8.7.8). */
  get largestPayload(): number {
    return Math.max(LARGE_PAYLOAD, this.#size / 8);
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
    this.#resize();
    return !wasOpen && this.open;
  }

  /** Begins to measure anew, on another transport (SPEC 8.7.9). */
  restart(): void {
    this.#measured = new BandwidthDelay();
    this.#size = this.#bounds.floor;
  }

  #resize(): void {
    const { floor, ceiling } = this.#bounds;
    this.#size = Math.max(floor, Math.min(2 * this.#measured.bytes, ceiling));
  }
}
