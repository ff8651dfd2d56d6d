import { ReceiveWindow } from '../flow/receive-window.js';
import type { PeerContext } from './context.js';

/** What one side receives on one request, and who still wants it. */
export class ReceiveHalf {
  readonly requestId: number;
  readonly window: ReceiveWindow;
  /** When its consumer last took something, ms. */
  takenAt: number;
  /** Nothing more of it counts: its sender has ended, or nobody reads it. */
  closed = false;
  /** What the budget has counted for it. */
  counted = 0;

  constructor(requestId: number, window: ReceiveWindow, now: number) {
    this.requestId = requestId;
    this.window = window;
    this.takenAt = now;
  }

  /** Bytes it holds or may yet make this side hold. */
  get claim(): number {
    return this.closed ? 0 : this.window.outstanding;
  }
}

/**
 * What all receiving halves of a connection hold together: grants credit within its bound (SPEC 8.5.8), and tells when a
 * dialect without credit must stop reading from its transport (SPEC 5.8, 5.9).
 */
export class ReceiveBudget {
  readonly #context: PeerContext;
  #claimed = 0;
  /** Halves that hold more unread bytes than a dialect without credit may. */
  readonly #overfull = new Set<ReceiveHalf>();

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /** Bytes that may still be granted on this connection. */
  get left(): number {
    return this.#context.limits.grantedBytes - this.#claimed;
  }

  /** The transport should not be read. */
  get paused(): boolean {
    return this.#overfull.size > 0;
  }

  /** The halves that hold the transport. */
  get overfull(): Iterable<ReceiveHalf> {
    return this.#overfull;
  }

  /** @param initial bytes granted without a credit frame  @param target bytes to keep granted once they are read */
  open(requestId: number, initial: number, target: number): ReceiveHalf {
    const half = new ReceiveHalf(requestId, new ReceiveWindow(initial, target), this.#context.now);
    this.#update(half);
    return half;
  }

  /** Bytes arrived; false if they were not granted (SPEC 8.5.5). */
  receive(half: ReceiveHalf, bytes: number): boolean {
    return half.window.receive(bytes) || !this.#context.dialect.duplex;
  }

  /** Values or data were handed on, and so many bytes wait for the rest of their value. */
  deliver(half: ReceiveHalf, delivered: number, incomplete: number): void {
    half.window.deliver(delivered, incomplete);
    this.#update(half);
  }

  /** The consumer took bytes. */
  take(half: ReceiveHalf, bytes: number): void {
    half.takenAt = this.#context.now;
    half.window.take(bytes);
    this.#update(half);
  }

  /** The sender has ended, or nobody reads it any more. */
  close(half: ReceiveHalf): void {
    half.closed = true;
    this.#update(half);
  }

  #update(half: ReceiveHalf): void {
    if (!this.#context.dialect.duplex) {
      this.#pauseOrResume(half);
      return;
    }
    if (!half.closed) this.#grant(half);
    const { claim } = half;
    this.#claimed += claim - half.counted;
    half.counted = claim;
  }

  /** Grants when a quarter of the window was taken and not yet granted again (SPEC 8.5.7). */
  #grant(half: ReceiveHalf): void {
    const amount = half.window.grant(this.left);
    if (amount === 0) return;
    this.#context.output.credit(half.requestId, amount);
    this.#context.wake();
  }

  #pauseOrResume(half: ReceiveHalf): void {
    if (!half.closed && half.window.untaken > this.#context.limits.pausedBytes) {
      this.#overfull.add(half);
    } else if (this.#overfull.delete(half) && !this.paused) {
      this.#context.wake();
    }
  }
}
