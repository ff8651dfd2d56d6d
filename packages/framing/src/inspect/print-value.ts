import { utf8Encode } from '../cbor/index.js';
import { printEscapes } from '../frame/text-payload.js';

/**
 * A decoded value as people read it, in the manner of the literals of SPEC 6.7: `{'status': b'ok'}`. A set is written as
 * `set([…])`. Cut after `most` characters, with `…`.
 */
export function printValue(value: unknown, most: number): string {
  const printer = new ValuePrinter(most);
  printer.value(value);
  return printer.text;
}

class ValuePrinter {
  text = '';
  readonly #most: number;
  #isFull = false;

  constructor(most: number) {
    this.#most = most;
  }

  value(value: unknown): void {
    if (this.#isFull) return;
    if (value === null) this.#print('None');
    else if (typeof value === 'boolean') this.#print(value ? 'True' : 'False');
    else if (typeof value === 'string') this.#quote('', utf8Encode(value.slice(0, this.#most)));
    else if (typeof value === 'object') this.#object(value);
    else this.#print(typeof value === 'number' || typeof value === 'bigint' ? String(value) : 'undefined');
  }

  #object(value: object): void {
    if (value instanceof Uint8Array) this.#quote('b', value);
    else if (Array.isArray(value)) this.#list('[', ']', value);
    else if (value instanceof Set) this.#list('set([', '])', value);
    else this.#map(value instanceof Map ? value : Object.entries(value));
  }

  #list(open: string, close: string, items: Iterable<unknown>): void {
    this.#print(open);
    let isFirst = true;
    for (const item of items) {
      if (this.#isFull) return;
      if (!isFirst) this.#print(', ');
      isFirst = false;
      this.value(item);
    }
    this.#print(close);
  }

  #map(entries: Iterable<readonly [unknown, unknown]>): void {
    this.#print('{');
    let isFirst = true;
    for (const [key, item] of entries) {
      if (this.#isFull) return;
      if (!isFirst) this.#print(', ');
      isFirst = false;
      this.value(key);
      this.#print(': ');
      this.value(item);
    }
    this.#print('}');
  }

  #quote(prefix: string, bytes: Uint8Array): void {
    this.#print(`${prefix}'${printEscapes(bytes.subarray(0, this.#most), 'byte', "'")}'`);
  }

  #print(part: string): void {
    if (this.#isFull) return;
    const room = this.#most - this.text.length;
    this.#isFull = part.length > room;
    this.text += this.#isFull ? `${part.slice(0, room)}…` : part;
  }
}
