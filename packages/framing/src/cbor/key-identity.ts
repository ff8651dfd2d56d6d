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
    // An object or array is the only other thing without a name of its own; -0 and 0 are one key of a Map.
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

  #parts(key: object): string {
    if (key instanceof Uint8Array) return `b${latin1(key)}`;
    const entries: string[] = [];
    if (Array.isArray(key)) {
      for (const item of key) entries.push(this.of(item));
      return JSON.stringify(entries);
    }
    if (key instanceof Set) for (const item of key) entries.push(this.of(item));
    else for (const [name, value] of key instanceof Map ? key : Object.entries(key)) entries.push(JSON.stringify([this.of(name), this.of(value)]));
    return `{${JSON.stringify(entries.sort())}`;
  }
}
