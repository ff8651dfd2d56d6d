import { HEADER_SIZE } from '../frame/frame.js';
import { BandwidthDelay } from './bandwidth-delay.js';
import { FrameLedger } from './frame-ledger.js';

/** What keeping an unacknowledged frame costs beside its bytes, and what it counts beside its payload (SPEC 8.7.7). */
const KEEPING_COST = 64;
const FRAME_COST: number = HEADER_SIZE + KEEPING_COST;
/** What W begins with, and never goes below, bytes (SPEC 8.7.9). */
const LEAST_WINDOW = 131_072;
/** W is larger by what one ack brings, up to this, bytes; with each ack it forgets this share of the most one has brought. */
const MOST_AT_ONCE = 262_144;
const FORGOTTEN = 1 / 64;

/** Keeps frames that were sent until they are acknowledged. */
export interface FrameKeeper {
  /** With that of others more is kept than should be: W is as small as it gets. */
  readonly crowded: boolean;
  /** The oldest `frames`, of `bytes` together, are acknowledged. */
  drop(frames: number, bytes: number): void;
  /** What is kept is to be sent again. */
  rewind(): void;
}

/**
 * The window W: how much may be on its way without an acknowledgement (SPEC 8.7). It follows twice the bandwidth-delay
 * product, so that a fast path queues little ahead of a small answer and a long one is still filled; and has room beside it
 * for what the other side reads before it acknowledges, so that both sides work at the same time.
 */
export class SendWindow {
  readonly #most: number;
  readonly #ledger = new FrameLedger();
  /** Of the transport there is, once something was sent on it. */
  #measured: BandwidthDelay | undefined;
  #sent = 0;
  #acknowledged = 0;
  /** Frames that wait to be sent again on a new transport, and what they count. */
  #waiting = 0;
  #waitingCost = 0;
  #size: number = LEAST_WINDOW;
  /** The most that one ack has acknowledged lately, bytes. */
  #atOnce = 0;

  /** Absent without a session: then only the lengths of frames are kept (SPEC 8.7.10). */
  keeper: FrameKeeper | undefined;

  /** @param most what W may grow to, bytes */
  constructor(most: number) {
    this.#most = most;
  }

  /** W, whole bytes. */
  get size(): number {
    return this.keeper?.crowded === true ? LEAST_WINDOW : this.#size;
  }

  /** Session frames sent, the count that acks speak of. */
  get sent(): number {
    return this.#sent;
  }

  /** The same without those that were lost with a transport and not sent again yet. */
  get onTransport(): number {
    return this.#sent - this.#waiting;
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
    return this.#ledger.total < this.size;
  }

  /** A session frame goes out. */
  frame(payloadBytes: number): void {
    this.#ledger.push(payloadBytes + FRAME_COST);
    this.#sent++;
  }

  /** A message with session frames goes out, `before` bytes were unacknowledged ahead of it. */
  message(before: number, now: number): void {
    this.#measure().sent(this.#sent, before, now);
  }

  /** There was nothing more to send. */
  starved(): void {
    this.#measured?.starved(this.#ledger.total);
  }

  /** The other side may say that it has `count` session frames: it was sent them, and did not have more before. */
  canHave(count: number): boolean {
    return count >= this.#acknowledged && count <= this.#sent;
  }

  /**
   * There is a new transport, and the other side has `count` session frames, which {@link canHave} holds for: the others
   * are sent again, and W is measured anew (SPEC 8.7.9, 8.8.8).
   */
  resume(count: number): void {
    this.#forget(count);
    this.#measured = undefined;
    this.#size = LEAST_WINDOW;
    this.#atOnce = 0;
    this.#waiting = this.#sent - count;
    this.#waitingCost = this.#ledger.total;
    this.keeper?.rewind();
  }

  /** A message of what was kept, `frames` of `bytes` together, goes out again. */
  resent(frames: number, bytes: number, now: number): void {
    const before = this.#ledger.total - this.#waitingCost;
    this.#waiting -= frames;
    this.#waitingCost -= bytes + KEEPING_COST * frames;
    this.#measure().sent(this.onTransport, before, now);
  }

  /** The other side has `count` session frames: between `acknowledged` and `onTransport`. True if the window opened. */
  acknowledge(count: number, now: number): boolean {
    const wasOpen = this.open;
    const bytes = this.#forget(count);
    const measured = this.#measure();
    measured.acknowledged(count, bytes, now);
    this.#atOnce = Math.min(Math.max(bytes, this.#atOnce * (1 - FORGOTTEN)), MOST_AT_ONCE);
    this.#resize(measured, now);
    return !wasOpen && this.open;
  }

  #measure(): BandwidthDelay {
    this.#measured ??= new BandwidthDelay();
    return this.#measured;
  }

  /** Nothing of the frames up to `count` is kept any more; what they counted. */
  #forget(count: number): number {
    const frames = count - this.#acknowledged;
    const cost = this.#ledger.shift(frames);
    this.#acknowledged = count;
    this.keeper?.drop(frames, cost - KEEPING_COST * frames);
    return cost;
  }

  /** A window that was kept full hides the path's own round trip behind its queue: it narrows until that is seen again. */
  #resize(measured: BandwidthDelay, now: number): void {
    const wanted = measured.stale(now) ? 0 : Math.floor(2 * measured.bytes + this.#atOnce);
    this.#size = Math.max(LEAST_WINDOW, Math.min(wanted, this.#most));
  }
}
