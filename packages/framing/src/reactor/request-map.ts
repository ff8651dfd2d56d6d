import type { Limits } from '../limits.js';

/** What adding a piece to a request map led to. */
export type MapProgress = 'more' | 'request-too-big' | 'maps-too-big';

/** Counts what all request maps being assembled on a connection hold (SPEC 9.1.2 to 9.1.4). */
export class MapBudget {
  bytes = 0;
  maps = 0;
}

/** Puts one request map together from its frames, within bounds. */
export class RequestMapAssembly {
  readonly #budget: MapBudget;
  readonly #limits: Limits;
  #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(budget: MapBudget, limits: Limits) {
    this.#budget = budget;
    this.#limits = limits;
    budget.maps++;
  }

  /** Keeps a copy: a map may take long to arrive, and the chunk it came in may be large. */
  add(piece: Uint8Array): MapProgress {
    if (this.#size + piece.length > this.#limits.requestMap) return 'request-too-big';
    if (this.#budget.bytes + piece.length > this.#limits.requestMaps) return 'maps-too-big';
    this.#size += piece.length;
    this.#budget.bytes += piece.length;
    this.#pieces.push(piece.slice());
    return 'more';
  }

  /** The whole map; the assembly is over. */
  finish(): Uint8Array {
    const whole = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.release();
    return whole;
  }

  /** Gives the budget back. */
  release(): void {
    this.#budget.bytes -= this.#size;
    this.#budget.maps--;
    this.#pieces = [];
    this.#size = 0;
  }
}
