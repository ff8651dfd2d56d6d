import { type CborError, CborErrorCode } from './error.js';
import { argumentWidth, BREAK, INDEFINITE, Major, readArgument } from './head.js';
import { CUT, REFUSED } from './scan.js';

/** The most bytes a head takes: the initial byte, and a length of eight. */
const LONGEST_HEAD = 9;

const NOTHING = new Uint8Array(0);

const RESERVED = 'A head has a reserved length.';
const NO_CHUNK = 'A byte string in chunks holds something else.';
const TOO_LONG = 'A byte string says that it is longer than 2^53 - 1 bytes.';

/**
 * Reads one byte string after another, of any length and cut anywhere, and hands on its bytes as they come (SPEC 3.1.9).
 * Holds nothing of it but a cut head.
 */
export class ByteStringReader {
  /** Why the byte string was refused; its offset counts from the byte string's first byte. */
  error: CborError | undefined;
  /** Bytes gone over of the byte string being read; once it has ended, its size. */
  size = 0;
  /** A byte string has begun and not ended. */
  active = false;
  /** The piece that was read: a view of the bytes it came in. Only a last piece may be empty. */
  piece: Uint8Array = NOTHING;
  /** What it took on the wire, heads and breaks before it included. */
  pieceSize = 0;
  /** It came with an indefinite length: chunks until a break. */
  #chunked = false;
  /** Bytes its chunk still needs. */
  #left = 0;
  /** Wire bytes that no piece has counted yet. */
  #uncounted = 0;
  readonly #head: Uint8Array = new Uint8Array(LONGEST_HEAD);
  #headSize = 0;

  /** Bytes that came and belong to no piece yet: heads. */
  get pending(): number {
    return this.#uncounted;
  }

  /**
   * Goes on with `bytes[from, to)`: the offset after the next piece, which ends the byte string if it is not
   * {@link active} any more; {@link CUT} if there is none, or {@link REFUSED}, which is for good. After the end of one the
   * next call begins another.
   */
  read(bytes: Uint8Array, from: number, to: number): number {
    if (!this.active) {
      this.active = true;
      this.size = 0;
    }
    let at = from;
    while (at < to) {
      if (this.#left === 0) {
        at = this.#takeHead(bytes, at, to);
        if (this.error !== undefined) return REFUSED;
        if (this.#headSize > 0) return CUT;
      }
      const stop = Math.min(to, at + this.#left);
      this.#left -= stop - at;
      this.#count(stop - at);
      const last = this.#left === 0 && !this.#chunked;
      if (stop > at || last) {
        this.#take(bytes.subarray(at, stop), last);
        return stop;
      }
      at = stop;
    }
    return CUT;
  }

  #count(bytes: number): void {
    this.size += bytes;
    this.#uncounted += bytes;
  }

  #take(piece: Uint8Array, last: boolean): void {
    this.piece = piece;
    this.pieceSize = this.#uncounted;
    this.#uncounted = 0;
    this.active = !last;
  }

  /** Reads a head, of the byte string or of a chunk, or what there is of it: `#headSize` is 0 once it is whole. */
  #takeHead(bytes: Uint8Array, from: number, to: number): number {
    const head = this.#head;
    if (this.#headSize === 0) {
      const initial = bytes[from] as number;
      this.error = this.#judge(initial);
      if (this.error !== undefined) return from;
      head[0] = initial;
    }
    const info = (head[0] as number) & 31;
    const whole = info < 24 || info === INDEFINITE ? 1 : 1 + argumentWidth(info);
    const stop = Math.min(to, from + whole - this.#headSize);
    head.set(bytes.subarray(from, stop), this.#headSize);
    this.#headSize += stop - from;
    this.#count(stop - from);
    if (this.#headSize < whole) return stop;
    this.#headSize = 0;
    if (info === INDEFINITE) {
      // The first byte, or a break.
      this.#chunked = head[0] !== BREAK;
    } else {
      this.#left = whole === 1 ? info : readArgument(head, 1, whole - 1);
      if (this.#left > Number.MAX_SAFE_INTEGER) this.error = this.#refusal(CborErrorCode.TooBig, TOO_LONG, whole);
    }
    return stop;
  }

  /** Judges the first byte of a head; a break can come only where chunks do. */
  #judge(initial: number): CborError | undefined {
    if (initial === BREAK) return undefined;
    const info = initial & 31;
    if (info > 27 && info !== INDEFINITE) return this.#refusal(CborErrorCode.Malformed, RESERVED, 0);
    const fits = initial >> 5 === Major.Bytes && !(this.#chunked && info === INDEFINITE);
    return fits ? undefined : this.#refusal(CborErrorCode.Malformed, NO_CHUNK, 0);
  }

  /** @param read bytes of the head at fault that were counted */
  #refusal(code: CborErrorCode, message: string, read: number): CborError {
    return { code, message, offset: this.size - read };
  }
}
