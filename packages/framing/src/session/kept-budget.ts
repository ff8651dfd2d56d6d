import { PROCESS_KEPT_BYTES } from '../limits.js';

/**
 * The bytes that all sessions which share this object keep for a replay (SPEC 9.1.29). One per process bounds the process:
 * while it is full no window grows past 128 KiB.
 */
export class KeptBudget {
  readonly #most: number;
  readonly #onFull: () => void;
  #bytes = 0;

  /**
   * @param most bytes from which on it is full
   * @param onFull called whenever it has become full: the detached session that keeps most should end then. Not from within
   * a call of its session's peer that could not stand it: end sessions in a later turn.
   */
  constructor(most: number = PROCESS_KEPT_BYTES, onFull: () => void = () => undefined) {
    this.#most = most;
    this.#onFull = onFull;
  }

  /** Bytes kept now. */
  get bytes(): number {
    return this.#bytes;
  }

  get full(): boolean {
    return this.#bytes >= this.#most;
  }

  /** So many more bytes are kept; fewer, if negative. */
  add(bytes: number): void {
    const wasFull = this.full;
    this.#bytes += bytes;
    if (!wasFull && this.full) this.#onFull();
  }
}
