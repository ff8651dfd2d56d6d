import type { ValueReader } from '../cbor/index.js';
import type { WiremuxError } from '../errors.js';

/** What the caller is told of an answer as it comes. */
export type AnswerEvent =
  /** The status map said ok: the command runs, values follow. */
  | { readonly kind: 'answering'; readonly id: number }
  /** Complete values in order; `sizes` are their plain bytes, to be given to `taken()` as the consumer takes each. */
  | ValuesEvent
  /**
   * With `bytePieces`, the next piece of a byte string; `last` ends it, and only a last piece may be empty. Give `size`,
   * what it took on the wire, to `taken()` as the consumer takes it.
   */
  | {
      readonly kind: 'bytes';
      readonly id: number;
      readonly bytes: Uint8Array;
      readonly size: number;
      readonly last: boolean;
    };

interface ValuesEvent {
  readonly kind: 'values';
  readonly id: number;
  readonly values: unknown[];
  readonly sizes: number[];
}

/** Takes the events of answers. */
export type AnswerSink = (event: AnswerEvent) => void;

/** Tells what one answer brings, and sums up what its last frame did. */
export class AnswerEvents {
  /** Plain bytes of the values and pieces that the frame brought. */
  delivered = 0;
  /** Bytes of a value that is still incomplete. */
  pending = 0;
  /** The answer is an error, or cannot be read; nothing after it counts. */
  failure: WiremuxError | undefined;
  readonly #id: number;
  readonly #emit: AnswerSink;
  /** Values that came one after another, not told yet. */
  #run: ValuesEvent | undefined;

  constructor(id: number, emit: AnswerSink) {
    this.#id = id;
    this.#emit = emit;
  }

  protected tellBegin(): void {
    this.#emit({ kind: 'answering', id: this.#id });
  }

  protected addValue(value: unknown, size: number): void {
    this.delivered += size;
    if (this.#run === undefined) {
      this.#run = { kind: 'values', id: this.#id, values: [value], sizes: [size] };
    } else {
      this.#run.values.push(value);
      this.#run.sizes.push(size);
    }
  }

  protected tellPiece(bytes: Uint8Array, size: number, last: boolean): void {
    this.tellValues();
    this.delivered += size;
    this.#emit({ kind: 'bytes', id: this.#id, bytes, size, last });
  }

  /** Adds what a reader has found. */
  protected addFound(reader: ValueReader): void {
    if (reader.isPiece) this.tellPiece(reader.value as Uint8Array, reader.size, !reader.goesOn);
    else this.addValue(reader.value, reader.size);
  }

  /** No value follows the last one in its event. */
  protected tellValues(): void {
    if (this.#run === undefined) return;
    this.#emit(this.#run);
    this.#run = undefined;
  }
}
