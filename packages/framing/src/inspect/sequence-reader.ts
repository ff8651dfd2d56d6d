import { SecretBlanker } from './secret-blanker.js';
import { type HoldBudget, ValueCollector } from './value-collector.js';

const STAR = 0x2a;

/** What a payload says, without what is secret in it. */
export interface ShownPayload {
  /** A copy with secrets blanked, all of it where it cannot be judged (SPEC 6.13). */
  readonly shown: Uint8Array;
  readonly values: readonly unknown[];
  /** Values not built, for their length. */
  readonly skipped: number;
  /** It stopped being well-formed here. */
  readonly isBroken: boolean;
  readonly note?: string;
}

/** A payload that cannot be judged. */
export function hidden(plain: Uint8Array, note: string): ShownPayload {
  return { ...asItIs(new Uint8Array(plain.length).fill(STAR)), note };
}

/** A payload that has no keys. */
export function asItIs(plain: Uint8Array): ShownPayload {
  return { shown: plain, values: [], skipped: 0, isBroken: false };
}

/** Reads one CBOR sequence over the frames it spans. */
export class SequenceReader {
  readonly #collector: ValueCollector;
  /** Undefined: reading began inside the sequence, and where its values begin is not known yet. */
  #blanker: SecretBlanker | undefined;

  /** @param isJoined bytes of the sequence went by unseen */
  constructor(valueBytes: number, budget: HoldBudget, isJoined = false) {
    this.#collector = new ValueCollector(valueBytes, budget);
    this.#blanker = isJoined ? undefined : new SecretBlanker();
  }

  /** The string `name` of a map that is the sequence. */
  get name(): string | undefined {
    return this.#blanker?.name;
  }

  /** Whether the values so far are whole. */
  get atEdge(): boolean {
    return this.#blanker?.atEdge ?? true;
  }

  read(plain: Uint8Array): ShownPayload {
    if (this.#blanker === undefined) return this.#join(plain);
    if (this.#blanker.broken) return hidden(plain, 'It follows bytes that are no CBOR.');
    return this.#readWith(this.#blanker, plain);
  }

  /** Nothing more comes. */
  close(): void {
    this.#collector.clear();
  }

  /** In step is a payload that is whole values from its first byte to its last. */
  #join(plain: Uint8Array): ShownPayload {
    const trial = new SecretBlanker(true);
    trial.blank(plain.slice());
    if (plain.length === 0 || !trial.atEdge) return hidden(plain, 'It began before it was watched.');
    this.#blanker = new SecretBlanker(true);
    return this.#readWith(this.#blanker, plain);
  }

  #readWith(blanker: SecretBlanker, plain: Uint8Array): ShownPayload {
    const shown = plain.slice();
    const ends = blanker.blank(shown);
    const before = this.#collector.skipped;
    const values = this.#collector.push(shown, ends);
    if (blanker.broken) this.#collector.clear();
    return { shown, values, skipped: this.#collector.skipped - before, isBroken: blanker.broken };
  }
}
