import type { Decoder, DecodeStep } from '../stream/codec.js';

/** A context that cannot go on, and why. */
export type Malformed = Extract<DecodeStep, { readonly kind: 'malformed' }>;

/** What one reading of a source gives: plain bytes, the payload's end, or a fault after which nothing more is read. */
export type Reading = Uint8Array | 'exhausted' | Malformed;

/** One decoding context of a platform: payloads in, plain bytes out a piece at a time, as they are asked for. */
export interface PlainSource {
  /** Takes the next payload; the one before is exhausted. */
  feed(payload: Uint8Array): void;
  /** The payload's next plain bytes: about `room` of them, and no more than one chunk of the platform past that. */
  read(room: number): Reading | Promise<Reading>;
  /** Frees the context. A promise that is under way may then stay unsettled. */
  close(): void;
}

/** A fault of the payload, told in a few words. */
export function malformed(message: string): Malformed {
  return { kind: 'malformed', message };
}

/**
 * Decodes payloads in steps of a size the caller sets. To know whether a payload goes on past a step it reads one byte
 * further, so `more` is exact; beyond the step it holds one chunk of its source at most.
 */
export class BoundedDecoder implements Decoder {
  readonly #source: PlainSource;
  #pieces: Uint8Array[] = [];
  #held = 0;
  #dead: Malformed | undefined;

  constructor(source: PlainSource) {
    this.#source = source;
  }

  decode(payload: Uint8Array, most: number): DecodeStep | Promise<DecodeStep> {
    if (this.#dead) return this.#dead;
    this.#source.feed(payload);
    return this.#step(most);
  }

  resume(most: number): DecodeStep | Promise<DecodeStep> {
    return this.#dead ?? this.#step(most);
  }

  close(): void {
    this.#pieces = [];
    this.#dead = malformed('the decoder is closed');
    this.#source.close();
  }

  #step(most: number): DecodeStep | Promise<DecodeStep> {
    while (this.#held <= most) {
      const reading = this.#source.read(most + 1 - this.#held);
      if (reading instanceof Promise) return reading.then((late) => this.#keep(late) ?? this.#step(most));
      const end = this.#keep(reading);
      if (end) return end;
    }
    return { kind: 'plain', plain: this.#take(most), more: true };
  }

  /** Keeps what was read; the step it ends, if any. */
  #keep(reading: Reading): DecodeStep | undefined {
    if (reading === 'exhausted') return { kind: 'plain', plain: this.#take(this.#held), more: false };
    if (!(reading instanceof Uint8Array)) {
      this.close();
      this.#dead = reading;
      return reading;
    }
    this.#pieces.push(reading);
    this.#held += reading.length;
    return undefined;
  }

  /** The first `size` of the bytes held, no fewer than there are before the last piece. */
  #take(size: number): Uint8Array {
    const whole = joinPieces(this.#pieces, this.#held);
    this.#pieces = size < whole.length ? [whole.subarray(size)] : [];
    this.#held -= size;
    return whole.subarray(0, size);
  }
}

/** One array of all the pieces, `size` bytes together; a single piece as it is. */
export function joinPieces(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = pieces;
  if (first && pieces.length === 1) return first;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
