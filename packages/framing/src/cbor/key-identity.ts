import { latin1 } from './utf8.js';

/**
 * Tells whether two map keys are the same key (SPEC 3.1): equal text or byte strings whatever their type, equal numbers
 * whatever their encoding, arrays, maps and sets item by item. One instance serves all maps of a value, and looks at
 * every item once however deep keys are nested in keys.
 */
export class KeyIdentity {
  /** A number for each distinct array, map or set, so that what contains it stays short. */
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<object, string>();

  /** A string that equal keys share and others do not. */
  of(key: unknown): string {
    if (typeof key === 'string') return `s${key}`;
    // In decimal a long integer would take quadratic time.
    if (typeof key === 'bigint') return `i${key.toString(16)}`;
    // -0 and 0 become one, as they are in a Map.
    if (typeof key !== 'object' || key === null) return `${typeof key} ${String(key)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const parts = this.#parts(key);
    let number = this.#numbers.get(parts);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(parts, number);
    }
    const identity = `o${number}`;
    this.#known.set(key, identity);
    return identity;
  }

  /** What the key consists of: in order for an array, in an order of our own for sets and maps. */
  #parts(key: object): string {
    if (key instanceof Uint8Array) return `b${latin1(key)}`;
    if (Array.isArray(key)) return JSON.stringify(key.map((item) => this.of(item)));
    if (key instanceof Set) return `s${JSON.stringify([...key].map((item) => this.of(item)).sort())}`;
    const entries = key instanceof Map ? [...key] : Object.entries(key);
    return `m${JSON.stringify(entries.map(([name, item]) => JSON.stringify([this.of(name), this.of(item)])).sort())}`;
  }
}

/** How many of `keys` are numbers, which a `Map` or `Set` hashes in a way that peers know. */
export function countNumbers(keys: Iterable<unknown>): number {
  let count = 0;
  for (const key of keys) if (isNumber(key)) count++;
  return count;
}

/** True for a number or BigInt. */
export function isNumber(key: unknown): boolean {
  return typeof key === 'number' || typeof key === 'bigint';
}
