import { WiremuxError } from '@wiremux/framing';

const VIOLATION = 'violation';

/** What comes was not what was sent: lost, doubled, out of order, or changed. Handlers tell their callers so, by its code. */
export class Violation extends WiremuxError {
  constructor(label: string, what: string) {
    super(VIOLATION, `${label}: ${what}`);
  }
}

/** Whether an error, which may come from the other side, is a {@link Violation}. */
export function isViolation(error: unknown): boolean {
  return error instanceof WiremuxError && error.code === VIOLATION;
}

/** What the checks of this process have found as it was sent, all of them together. */
export const checked = { values: 0, bytes: 0 };

/** One value of a series: which it is, and what is in it, which follows from that. */
export interface SeriesValue {
  readonly n: number;
  readonly check: number;
  readonly text: string;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Value `n` of the series of that label; its text has `size` letters and compresses well. */
export function seriesValue(label: string, n: number, size: number): SeriesValue {
  const check = hashOf(`${label} ${n}`);
  const text = `${label}, line ${n}, and the same again. `;
  return { n, check, text: text.repeat(Math.ceil(size / text.length)).slice(0, size) };
}

/** Checks that values are those of a series: each once and in order. */
export class SeriesCheck {
  readonly #label: string;
  readonly #size: number;
  #next = 0;

  constructor(label: string, size: number) {
    this.#label = label;
    this.#size = size;
  }

  /** How many have come. */
  get count(): number {
    return this.#next;
  }

  take(value: unknown): void {
    const { n, check, text } = value as SeriesValue;
    const expected = seriesValue(this.#label, this.#next, this.#size);
    if (n !== expected.n) throw new Violation(this.#label, `value ${n} came where ${expected.n} was due.`);
    if (check !== expected.check || text !== expected.text) {
      throw new Violation(this.#label, `value ${n} is not what was sent.`);
    }
    this.#next += 1;
    checked.values += 1;
  }

  /** The series has ended. */
  end(count: number): void {
    if (this.#next !== count) throw new Violation(this.#label, `${this.#next} of ${count} values came.`);
  }
}

/** Byte `at` of the bytes of that label. */
function byteOf(hash: number, at: number): number {
  return (hash + Math.imul(at, 31) + (at >>> 8)) & 0xff;
}

/** Bytes `from` to `from + length` of a label. */
export function bytesOf(label: string, from: number, length: number): Uint8Array {
  const hash = hashOf(label);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) bytes[at] = byteOf(hash, from + at);
  return bytes;
}

/** Checks that bytes are those of a label: each once and in order, in whatever pieces. */
export class BytesCheck {
  readonly #label: string;
  readonly #hash: number;
  #next = 0;

  constructor(label: string) {
    this.#label = label;
    this.#hash = hashOf(label);
  }

  get count(): number {
    return this.#next;
  }

  take(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; at += 1, this.#next += 1) {
      if (piece[at] !== byteOf(this.#hash, this.#next)) {
        throw new Violation(this.#label, `byte ${this.#next} is not what was sent.`);
      }
    }
    checked.bytes += piece.length;
  }

  end(size: number): void {
    if (this.#next !== size) throw new Violation(this.#label, `${this.#next} of ${size} bytes came.`);
  }
}
