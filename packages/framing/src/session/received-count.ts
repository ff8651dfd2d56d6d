/** Session frames are acknowledged after this many bytes, and after this many ms at the latest (SPEC 8.7.3). */
const ACK_BYTES = 32_768;
const ACK_MS = 500;
/** After so many that it does not wait for the end of the turn: the other side may have filled its window meanwhile. */
const ACK_AT_ONCE = 262_144;

/** Counts the session frames that came, and knows when the other side is to be told (SPEC 8.7.1 to 8.7.3). */
export class ReceivedCount {
  #frames = 0;
  /** The count that the other side was told last, and what came since. */
  #told = 0;
  #untoldBytes = 0;
  #tellBy: number | undefined;

  /** Session frames that came in this session. */
  get frames(): number {
    return this.#frames;
  }

  /** A whole session frame came. True if when to tell, or that it is time to, has changed. */
  countFrame(bytes: number, now: number): boolean {
    this.#frames++;
    this.#untoldBytes += bytes;
    if (this.#tellBy !== undefined) return this.#untoldBytes >= ACK_BYTES;
    this.#tellBy = now + ACK_MS;
    return true;
  }

  /** It is time to tell. */
  isDue(now: number): boolean {
    return this.#untoldBytes >= ACK_BYTES || (this.#tellBy !== undefined && now >= this.#tellBy);
  }

  /** It is high time to tell: what else comes in this turn is not waited for. */
  get overdue(): boolean {
    return this.#untoldBytes >= ACK_AT_ONCE;
  }

  /** When it will be, monotonic ms; Infinity if nothing came, or if it is already: that waits for the transport, not for time. */
  dueAfter(now: number): number {
    return this.#tellBy === undefined || this.isDue(now) ? Number.POSITIVE_INFINITY : this.#tellBy;
  }

  /** The other side is told now. True if that is news to it. */
  told(): boolean {
    const isNews = this.#frames > this.#told;
    this.#told = this.#frames;
    this.#untoldBytes = 0;
    this.#tellBy = undefined;
    return isNews;
  }
}
