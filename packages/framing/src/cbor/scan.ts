import { type CborLimits, MAX_DEPTH } from './bounds.js';
import { ARRAY, BIGNUM, BYTE_PIECES, findMisfit, MAP, OPEN_ARRAY, OPEN_MAP, SET, TEXT_PIECES } from './container.js';
import { type CborError, CborErrorCode } from './error.js';
import { argumentWidth, BREAK, INDEFINITE, LENGTH_MAX, Major, readLength, Simple, Tag } from './head.js';
import { strictFault } from './strict.js';
import { isUtf8, Utf8Check } from './utf8.js';

/** What {@link Scanner.scan} gives when the bytes end inside the value. */
export const CUT = -1;
/** What {@link Scanner.scan} gives when the value is refused; {@link Scanner.error} says why. */
export const REFUSED = -2;

/** Indefinite lengths count down from here: even, so that a key is due at even counts in both kinds of map. */
const OPEN_LEFT: number = LENGTH_MAX;

/**
 * Goes over one CBOR value that may be cut anywhere, each byte once, and builds none: decides well-formedness, bounds, tags,
 * UTF-8, and where the value ends (SPEC 3.1). Keeps no bytes but those of a cut head.
 */
export class Scanner {
  readonly #depthLimit: number;
  readonly #itemLimit: number;
  readonly #byteLimit: number;
  readonly #strict: boolean;

  /** True if the value has a byte string, of which a view may be handed out. */
  hasBytes = false;
  /** Why the value was refused; its offset counts from the value's first byte. */
  error: CborError | undefined;

  /** Bytes of the value gone over so far. */
  #size = 0;
  #finished = false;
  #items = 1;
  #depth = 0;
  /** The container the next item belongs to, and the items it still needs; around everything, an array of one. */
  #kind: number = ARRAY;
  #left = 1;
  /** Kind and left of the containers around it. */
  readonly #outer: number[] = [];

  /** Bytes of a cut head. */
  #head: Uint8Array | undefined;
  #headSize = 0;
  /** Bytes a cut string still needs, where its head is, and its check if it is text. */
  #stringLeft = 0;
  #stringHead = 0;
  #stringCheck: Utf8Check | undefined;

  /** With `strict`, only the form of control payloads is accepted (SPEC 8.2). */
  constructor(limits: CborLimits, strict = false) {
    this.#depthLimit = Math.min(limits.depth, MAX_DEPTH);
    this.#itemLimit = Math.min(limits.items, LENGTH_MAX - 2);
    this.#byteLimit = Math.min(limits.bytes, LENGTH_MAX - 1);
    this.#strict = strict;
  }

  /**
   * Goes on with `bytes[from, to)`: the offset after the value if it ends there, {@link CUT} if it needs more bytes, or
   * {@link REFUSED}, which is for good. After the end of a value the next call begins a new one.
   */
  scan(bytes: Uint8Array, from: number, to: number): number {
    if (this.#finished) this.#begin();
    const end = Math.min(to, from + this.#byteLimit - this.#size);
    let at = from;
    if (this.#headSize > 0) {
      at = this.#resumeHead(bytes, at, end);
      if (at < 0 || this.#finished) return at;
    }
    if (this.#stringLeft > 0) {
      at = this.#resumeString(bytes, at, end);
      if (at < 0 || this.#finished) return at;
    }
    return this.#walk(bytes, at, end);
  }

  #begin(): void {
    this.#finished = false;
    this.hasBytes = false;
    this.#size = 0;
    this.#items = 1;
    this.#left = 1;
  }

  /** The loop over heads. Strings that end in these bytes are checked in place, a cut one is left to the resume step. */
  #walk(bytes: Uint8Array, from: number, end: number): number {
    const base = this.#size - from;
    let at = from;
    while (at < end) {
      const headAt = at;
      const initial = bytes[at++] as number;
      const major = initial >> 5;
      const info = initial & 31;
      const isKey = (this.#left & 1) < (this.#kind & 1);
      let argument = info;
      if (info > 23) {
        if (info < 28) {
          const width = argumentWidth(info);
          if (end - at < width) return this.#cutHead(bytes, headAt, end, base);
          if (major > Major.Negative && major !== Major.Simple) argument = readLength(bytes, at, width);
          at += width;
        } else if (info !== INDEFINITE || major < Major.Bytes || major === Major.Tag) {
          return this.#refuse(CborErrorCode.Malformed, 'A head has a reserved length.', base + headAt);
        }
      }
      if (this.#strict && !this.#isStrict(bytes, headAt, isKey, base)) return REFUSED;
      if (this.#kind > MAP && !this.#fits(initial, argument, base + headAt)) return REFUSED;

      if (major === Major.Text && info !== INDEFINITE) {
        const stop = at + argument;
        if (stop > end) return this.#cutString(bytes, headAt, at, argument, end, base);
        if (!isUtf8(bytes, at, stop)) return this.#badUtf8(base + headAt);
        at = stop;
      } else if (major === Major.Bytes && info !== INDEFINITE) {
        const stop = at + argument;
        this.hasBytes = true;
        if (stop > end) return this.#cutString(bytes, headAt, at, argument, end, base);
        at = stop;
      } else if (major === Major.Simple) {
        if (!this.#isKnown(initial, isKey)) {
          return this.#refuse(CborErrorCode.Malformed, 'A simple value or a break has no meaning here.', base + headAt);
        }
      } else if (major > Major.Negative && !this.#enter(major, info === INDEFINITE, argument, base + headAt)) {
        return REFUSED;
      }
      if (--this.#left === 0 && this.#leave()) return at;
    }
    this.#size = base + end;
    return this.#cut();
  }

  #isStrict(bytes: Uint8Array, headAt: number, isKey: boolean, base: number): boolean {
    const fault = strictFault(bytes, headAt, isKey);
    return fault === undefined || this.#fail(CborErrorCode.NotStrict, fault, base + headAt);
  }

  /** Judges an item of a container that does not take every item, or does not know its length. */
  #fits(initial: number, argument: number, offset: number): boolean {
    const misfit = findMisfit(this.#kind, initial, argument);
    if (misfit !== undefined) return this.#fail(misfit.code, misfit.message, offset);
    // A tag and its content are one item.
    return initial === BREAK || this.#kind === SET || this.#kind === BIGNUM || this.#count(1, offset);
  }

  /** True for what major type 7 may say: false, true, null, undefined, floats, and a break where one can be. */
  #isKnown(initial: number, isKey: boolean): boolean {
    if (initial !== BREAK) return (initial & 31) >= Simple.False && (initial & 31) !== 24;
    const kind = this.#kind;
    // A break counts as the last item of its container.
    this.#left = 1;
    return kind === OPEN_ARRAY || (kind === OPEN_MAP && isKey) || kind >= BYTE_PIECES;
  }

  #count(items: number, offset: number): boolean {
    this.#items += items;
    if (this.#items <= this.#itemLimit) return true;
    return this.#fail(CborErrorCode.TooManyItems, `A value has more than ${this.#itemLimit} items.`, offset);
  }

  /** Enters an array, map, tag or string in pieces. Its head counts as one item of it, which the caller takes off. */
  #enter(major: number, indefinite: boolean, argument: number, offset: number): boolean {
    let kind = ARRAY;
    let left = OPEN_LEFT;
    if (major === Major.Array || major === Major.Map) {
      if (this.#depth === this.#depthLimit) {
        return this.#fail(CborErrorCode.TooDeep, `A value is nested deeper than ${this.#depthLimit}.`, offset);
      }
      kind = (major === Major.Map ? MAP : ARRAY) + (indefinite ? OPEN_ARRAY : 0);
      if (!indefinite) {
        left = major === Major.Map ? 2 * argument : argument;
        if (!this.#count(left, offset)) return false;
      }
      this.#depth++;
    } else if (major === Major.Tag) {
      left = 1;
      if (argument === Tag.Set) kind = SET;
      else if (argument === Tag.PositiveBignum || argument === Tag.NegativeBignum) kind = BIGNUM;
      else return this.#fail(CborErrorCode.ForbiddenTag, 'A tag other than 2, 3 and 258 is not accepted.', offset);
    } else {
      kind = major === Major.Text ? TEXT_PIECES : BYTE_PIECES;
    }
    this.#outer.push(this.#kind, this.#left);
    this.#kind = kind;
    this.#left = left + 1;
    return true;
  }

  /** Leaves every container that is complete; true if the value is. */
  #leave(): boolean {
    while (this.#outer.length > 0) {
      if (this.#kind <= OPEN_MAP) this.#depth--;
      this.#left = (this.#outer.pop() as number) - 1;
      this.#kind = this.#outer.pop() as number;
      if (this.#left > 0) return false;
    }
    this.#finished = true;
    return true;
  }

  #cutHead(bytes: Uint8Array, headAt: number, end: number, base: number): number {
    this.#head ??= new Uint8Array(9);
    this.#head.set(bytes.subarray(headAt, end));
    this.#headSize = end - headAt;
    this.#size = base + end;
    return this.#cut();
  }

  /** Completes a cut head and takes it: the offset after its bytes, {@link CUT} or {@link REFUSED}. */
  #resumeHead(bytes: Uint8Array, from: number, end: number): number {
    const head = this.#head as Uint8Array;
    const whole = 1 + argumentWidth((head[0] as number) & 31);
    const to = Math.min(end, from + whole - this.#headSize);
    head.set(bytes.subarray(from, to), this.#headSize);
    this.#headSize += to - from;
    this.#size += to - from;
    if (this.#headSize < whole) return this.#cut();
    this.#headSize = 0;
    this.#size -= whole;
    return this.#walk(head, 0, whole) === REFUSED ? REFUSED : to;
  }

  #cutString(bytes: Uint8Array, headAt: number, at: number, length: number, end: number, base: number): number {
    if (length > this.#byteLimit - base - at) return this.#tooBig(base + headAt);
    this.#stringLeft = length;
    this.#stringHead = base + headAt;
    this.#stringCheck = (bytes[headAt] as number) >> 5 === Major.Text ? new Utf8Check() : undefined;
    this.#size = base + at;
    return this.#resumeString(bytes, at, end);
  }

  /** Goes on with a cut string: the offset after it, {@link CUT} or {@link REFUSED}. */
  #resumeString(bytes: Uint8Array, from: number, end: number): number {
    const check = this.#stringCheck;
    const to = Math.min(end, from + this.#stringLeft);
    this.#stringLeft -= to - from;
    this.#size += to - from;
    if (check !== undefined && !check.feed(bytes, from, to)) return this.#badUtf8(this.#stringHead);
    if (this.#stringLeft > 0) return this.#cut();
    if (check !== undefined && !check.complete) return this.#badUtf8(this.#stringHead);
    if (--this.#left === 0) this.#leave();
    return to;
  }

  /** The bytes have ended inside the value: as it needs more, it must not have reached its limit. */
  #cut(): number {
    return this.#size < this.#byteLimit ? CUT : this.#tooBig(this.#size);
  }

  #tooBig(offset: number): number {
    return this.#refuse(CborErrorCode.TooBig, `A value is longer than ${this.#byteLimit} bytes.`, offset);
  }

  #badUtf8(offset: number): number {
    return this.#refuse(CborErrorCode.BadUtf8, 'A text string is not UTF-8.', offset);
  }

  #refuse(code: CborErrorCode, message: string, offset: number): typeof REFUSED {
    this.error = { code, message, offset };
    return REFUSED;
  }

  #fail(code: CborErrorCode, message: string, offset: number): false {
    this.error = { code, message, offset };
    return false;
  }
}
