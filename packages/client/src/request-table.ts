/** Requests that wait, in order, and requests that are open, by id. Each is in one place at most. */
export class RequestTable<R> {
  readonly #queued = new Set<R>();
  readonly #open = new Map<number, R>();

  /** How many wait. */
  get queued(): number {
    return this.#queued.size;
  }

  enqueue(request: R): void {
    this.#queued.add(request);
  }

  /** Takes a waiting request back; nothing if it does not wait. */
  withdraw(request: R): void {
    this.#queued.delete(request);
  }

  /** Takes the request that has waited longest. */
  dequeue(): R | undefined {
    const [first] = this.#queued;
    if (first !== undefined) this.#queued.delete(first);
    return first;
  }

  opened(id: number, request: R): void {
    this.#open.set(id, request);
  }

  find(id: number): R | undefined {
    return this.#open.get(id);
  }

  /** Removes and returns the request open with that id. */
  ended(id: number): R | undefined {
    const request = this.#open.get(id);
    this.#open.delete(id);
    return request;
  }

  /** Removes and returns all, the open ones first. */
  clear(): R[] {
    const all = [...this.#open.values(), ...this.#queued];
    this.#open.clear();
    this.#queued.clear();
    return all;
  }
}
