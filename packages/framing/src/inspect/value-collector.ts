import { type CborLimits, decodeOne } from '../cbor/index.js';
import { DEFAULT_LIMITS } from '../limits.js';

/** Bytes that all collectors of one connection hold together. */
export interface HoldBudget {
  held: number;
  readonly most: number;
}

const FIRST_HOLD = 256;
const NOTHING = new Uint8Array(0);

/** Builds the values of a CBOR sequence that may be cut anywhere, as far as they are short enough to be shown. */
export class ValueCollector {
  readonly #limits: CborLimits;
  readonly #budget: HoldBudget;
  #held: Uint8Array = NOTHING;
  #size = 0;
  /** The value being read is too long, or there is no room to hold it. */
  #isSkipping = false;
  /** Values that were not built. */
  skipped = 0;

  /** @param valueBytes bytes of the longest value that is built */
  constructor(valueBytes: number, budget: HoldBudget) {
    this.#limits = { depth: DEFAULT_LIMITS.cborDepth, items: DEFAULT_LIMITS.cborItems, bytes: valueBytes };
    this.#budget = budget;
  }

  /** Takes the next bytes and where values end in them; the values that are complete now. Keeps views of `bytes`. */
  push(bytes: Uint8Array, ends: readonly number[]): unknown[] {
    const values: unknown[] = [];
    let from = 0;
    for (const end of ends) {
      const piece = bytes.subarray(from, end);
      from = end;
      const whole = this.#size === 0 ? piece : this.#hold(piece) ? this.#held.slice(0, this.#size) : NOTHING;
      const decoded = this.#isSkipping ? undefined : decodeOne(whole, this.#limits);
      if (decoded?.ok) values.push(decoded.value);
      else this.skipped++;
      this.clear();
    }
    if (from < bytes.length) this.#hold(bytes.subarray(from));
    return values;
  }

  /** Forgets the incomplete value. */
  clear(): void {
    this.#budget.held -= this.#held.length;
    this.#held = NOTHING;
    this.#size = 0;
    this.#isSkipping = false;
  }

  #hold(piece: Uint8Array): boolean {
    if (this.#isSkipping) return false;
    const size = this.#size + piece.length;
    if (size > this.#held.length && !this.#grow(size)) return false;
    this.#held.set(piece, this.#size);
    this.#size = size;
    return true;
  }

  #grow(size: number): boolean {
    const room = Math.max(FIRST_HOLD, size, this.#held.length * 2);
    const more = room - this.#held.length;
    if (size > this.#limits.bytes || this.#budget.held + more > this.#budget.most) {
      this.clear();
      this.#isSkipping = true;
      return false;
    }
    const grown = new Uint8Array(room);
    grown.set(this.#held.subarray(0, this.#size));
    this.#held = grown;
    this.#budget.held += more;
    return true;
  }
}
