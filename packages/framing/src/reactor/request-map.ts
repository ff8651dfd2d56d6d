import { WiremuxError } from '../errors.js';
import { ByteCollector } from '../flow/byte-collector.js';
import type { Limits } from '../limits.js';

/** What all request maps being assembled on a connection hold (SPEC 9.1.3, 9.1.4). */
export class MapBudget {
  bytes = 0;
  maps = 0;
}

/** Puts one request map together from its frames, within bounds. */
export class RequestMapAssembly {
  readonly #budget: MapBudget;
  readonly #limits: Limits;
  readonly #pieces = new ByteCollector();
  /** Payload bytes of the frames it came in. */
  #size = 0;

  constructor(budget: MapBudget, limits: Limits) {
    this.#budget = budget;
    this.#limits = limits;
    budget.maps++;
  }

  /**
   * Keeps a copy: a map may take long to arrive, and the chunk it came in may be large. The error if it is too big.
   * @param size payload bytes of the frame
   */
  add(piece: Uint8Array, size: number): WiremuxError | undefined {
    const { requestMap, requestMaps } = this.#limits;
    if (this.#size + size > requestMap) {
      return new WiremuxError('too-big', `A request map may take ${requestMap} bytes at most.`);
    }
    if (this.#budget.bytes + size > requestMaps) {
      return new WiremuxError('too-big', `All request maps on their way may take ${requestMaps} bytes at most.`);
    }
    this.#budget.bytes += size;
    this.#size += size;
    this.#pieces.add(piece);
    return undefined;
  }

  /** The whole map; the assembly is over. */
  finish(): Uint8Array {
    this.#budget.bytes -= this.#size;
    this.#budget.maps--;
    return this.#pieces.take();
  }
}
