import type { SendHalf } from './send-half.js';

/**
 * The answers of a half-duplex exchange: held until its input has ended, then those that are complete go in the order
 * they were completed in, and behind them the others as they come (SPEC 7.7).
 */
export class HeldAnswers {
  /** Bytes that all of them may hold before one has to fail. */
  readonly #limit: number;
  readonly #wake: (send: SendHalf) => void;
  /** Each held half with the bytes it was last seen to hold. */
  readonly #sizes = new Map<SendHalf, number>();
  /** Those that are complete, in that order; the first is on its way once the input has ended. */
  readonly #complete = new Set<SendHalf>();
  /** They failed for what they held: nothing of them counts any more. */
  readonly #failed = new WeakSet<SendHalf>();
  #bytes = 0;
  #state: 'holding' | 'releasing' | 'released' = 'holding';

  /** @param limit bytes held at most  @param wake called with a half that may now send */
  constructor(limit: number, wake: (send: SendHalf) => void) {
    this.#limit = limit;
    this.#wake = wake;
  }

  /** The input has not ended. */
  get holding(): boolean {
    return this.#state === 'holding';
  }

  /** Takes a half to which something was added. False: nothing is held any more. */
  hold(send: SendHalf): boolean {
    if (this.#state === 'released') return false;
    if (send.closed) this.#complete.add(send);
    send.held = this.#state === 'holding' || this.#first !== send;
    this.#count(send);
    return true;
  }

  /** While too much is held: the half that holds most. It is to fail, and counts no more (SPEC 7.8). */
  takeOverfull(): SendHalf | undefined {
    if (this.#bytes <= this.#limit || this.#state !== 'holding') return undefined;
    let largest: SendHalf | undefined;
    let most = 0;
    for (const [send, size] of this.#sizes) {
      if (size <= most) continue;
      largest = send;
      most = size;
    }
    if (largest === undefined) return undefined;
    this.#forget(largest);
    this.#failed.add(largest);
    return largest;
  }

  /** The input has ended. */
  release(): void {
    this.#state = 'releasing';
    this.#advance();
  }

  /** A frame of this half was scheduled. */
  scheduled(send: SendHalf): void {
    if (this.#state !== 'releasing' || !send.ended) return;
    this.#complete.delete(send);
    this.#advance();
  }

  get #first(): SendHalf | undefined {
    return this.#complete.values().next().value;
  }

  #advance(): void {
    const first = this.#first;
    if (first !== undefined) {
      this.#let(first);
      return;
    }
    this.#state = 'released';
    for (const send of this.#sizes.keys()) this.#let(send);
    this.#sizes.clear();
  }

  #let(send: SendHalf): void {
    send.held = false;
    this.#wake(send);
  }

  #count(send: SendHalf): void {
    if (this.#failed.has(send)) return;
    this.#forget(send);
    const size = send.queued + (send.side?.bytes ?? 0);
    this.#sizes.set(send, size);
    this.#bytes += size;
  }

  #forget(send: SendHalf): void {
    this.#bytes -= this.#sizes.get(send) ?? 0;
    this.#sizes.delete(send);
  }
}
