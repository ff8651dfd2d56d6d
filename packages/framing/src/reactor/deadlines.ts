/** A request whose time may be over. */
interface Timed {
  deadlineAt: number | undefined;
}

/** The requests that have a deadline, and the next moment at which one of them may have passed (SPEC 8.11.5). */
export class Deadlines<Request extends Timed> {
  /** Absent until one has: most connections never see a deadline. */
  #requests: Set<Request> | undefined;
  #next = Number.POSITIVE_INFINITY;

  /** Not later than the first deadline, monotonic ms; Infinity if there is none. */
  get next(): number {
    return this.#next;
  }

  add(request: Request, deadlineAt: number): void {
    request.deadlineAt = deadlineAt;
    this.#requests ??= new Set();
    this.#requests.add(request);
    this.#next = Math.min(this.#next, deadlineAt);
  }

  /** It may leave `next` too early, which costs one vain look at most: most requests end long before their deadline. */
  delete(request: Request): void {
    this.#requests?.delete(request);
    if (this.#requests?.size === 0) this.#next = Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.#requests?.clear();
    this.#next = Number.POSITIVE_INFINITY;
  }

  /** Takes those whose deadline is not after `now`. */
  takeExpired(now: number): Request[] {
    if (this.#requests === undefined || now < this.#next) return [];
    const expired: Request[] = [];
    this.#next = Number.POSITIVE_INFINITY;
    for (const request of this.#requests) {
      const { deadlineAt = Number.POSITIVE_INFINITY } = request;
      if (deadlineAt <= now) expired.push(request);
      else this.#next = Math.min(this.#next, deadlineAt);
    }
    for (const request of expired) this.#requests.delete(request);
    return expired;
  }
}
