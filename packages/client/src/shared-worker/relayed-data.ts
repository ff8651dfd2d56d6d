/** Where the data of a relayed request comes from. */
export interface DataFlow {
  /** That many bytes have gone on: as many more may come (SPEC 8.5.6). */
  taken(bytes: number): void;
  /** No more is wanted (SPEC 8.6.5). */
  refuse(): void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The data of a request that is passed on: a piece counts as taken when the one behind it is asked for. */
export class RelayedData implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #flow: DataFlow;
  #pieces: Uint8Array[] = [];
  #complete = false;
  #left = false;
  /** Bytes of the piece that is on its way. */
  #passing = 0;
  #waiting: ((result: IteratorResult<Uint8Array, undefined>) => void) | undefined;

  constructor(flow: DataFlow) {
    this.#flow = flow;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(piece: Uint8Array): void {
    if (this.#left) return;
    this.#pieces.push(piece);
    this.#serve();
  }

  /** All of it has come. */
  complete(): void {
    this.#complete = true;
    this.#serve();
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#passing > 0) this.#flow.taken(this.#passing);
    this.#passing = 0;
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#serve();
    });
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.#left && !this.#complete) this.#flow.refuse();
    this.#left = true;
    this.#pieces = [];
    this.#serve();
    return Promise.resolve(DONE);
  }

  #serve(): void {
    const resolve = this.#waiting;
    if (resolve === undefined) return;
    const piece = this.#pieces.shift();
    if (piece === undefined && !this.#complete && !this.#left) return;
    this.#waiting = undefined;
    this.#passing = piece?.length ?? 0;
    resolve(piece === undefined ? DONE : { done: false, value: piece });
  }
}
