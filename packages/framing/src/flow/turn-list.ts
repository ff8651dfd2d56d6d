/** Something that can wait in a {@link TurnList}, in one at a time. */
export interface TakesTurns {
  /** The list's own: who comes next. Begins as undefined. */
  behind: TakesTurns | undefined;
}

/** Those who wait for their turn, first come first: a list through themselves, so that waiting costs nothing. */
export class TurnList<T extends TakesTurns> {
  #first: T | undefined;
  #last: T | undefined;

  /** Who is next. */
  get first(): T | undefined {
    return this.#first;
  }

  /** True if nobody waits behind the first. */
  get isShort(): boolean {
    return this.#first === this.#last;
  }

  /** Adds one who waits in no list. */
  append(one: T): void {
    if (this.#last === undefined) this.#first = one;
    else this.#last.behind = one;
    this.#last = one;
  }

  /** Takes away who is next, if anybody waits. */
  removeFirst(): void {
    const first = this.#first;
    if (first === undefined) return;
    this.#first = first.behind as T | undefined;
    if (this.#first === undefined) this.#last = undefined;
    first.behind = undefined;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let one = this.#first; one !== undefined; one = one.behind as T | undefined) yield one;
  }
}
