import { type CborError, CborErrorCode, type CborLimits, MAX_DEPTH } from './error.js';
import { argumentWidth, BREAK, INDEFINITE, leastArgument, Major, readArgument, Simple, Tag } from './head.js';
import { isUtf8, Utf8Check } from './utf8.js';

/** What {@link Scanner.scan} gives when the bytes end inside the value. */
export const CUT = -1;
/** What {@link Scanner.scan} gives when the value is refused; {@link Scanner.error} says why. */
export const REFUSED = -2;

/** Bytes of a big integer's magnitude: past it, arithmetic on it would cost more than its size (SPEC 3.1). */
const MAX_BIGNUM = 1024;

// What the next item belongs to. Odd: keys and values alternate. Kinds past MAP need a look at every item, so that one
// comparison keeps them off the fast path; kinds up to OPEN_MAP count as nesting.
const ARRAY = 0;
const MAP = 1;
const OPEN_ARRAY = 2;
const OPEN_MAP = 3;
const SET = 4;
const BIGNUM = 6;
const BYTE_CHUNKS = 8;
const TEXT_CHUNKS = 10;

/** Indefinite lengths count down from here: even, so that a key is due at even counts in both kinds of map. */
const OPEN_LEFT = 2 ** 30;
/** Numbers an enclosing container takes on the stack: kind, left, key bits, key base. */
const FRAME = 4;

/** Keys of one map whose sketches are compared; of a larger map the materializer compares the keys themselves. */
const MAX_SKETCHED_KEYS = 24;
/** The sketch of the one name that is not an ordinary property. */
const PROTO = Uint8Array.from('__proto__', (char) => char.charCodeAt(0));
const PROTO_SKETCH = sketchKey(PROTO, 0, PROTO.length);

/**
 * Goes over one CBOR value that may be cut anywhere, each byte once, and decides everything before a value is built:
 * well-formedness, bounds, tags, UTF-8, and where the value ends (SPEC 3.1). Keeps no bytes but those of a cut head.
 */
export class Scanner {
  readonly #depthLimit: number;
  readonly #itemLimit: number;
  readonly #byteLimit: number;
  readonly #strict: boolean;

  /** True if cbor-x decodes the value exactly as SPEC 3.1 says. */
  plain = true;
  /** True if the value has a byte string, of which a view may be handed out. */
  hasBytes = false;
  /** Bytes of the value gone over so far. */
  size = 0;
  /** Why the value was refused; its offset counts from the value's first byte. */
  error: CborError | undefined;

  #finished = false;
  #items = 1;
  #depth = 0;
  #kind: number = ARRAY;
  /** Items the container still needs. */
  #left = 1;
  /** A bit for each key sketch of the current map, so that most keys need no comparison. */
  #keyBits = 0;
  /** Where the current map's key sketches begin, and end. */
  #keyBase = 0;
  #keyTop = 0;
  readonly #keySketches: number[] = [];
  readonly #stack: number[] = [];
  #stackTop = 0;

  /** A cut head: its bytes so far. */
  #head: Uint8Array | undefined;
  #headSize = 0;
  /** Bytes a cut string still needs, where its head was, and its check if it is text. */
  #stringLeft = 0;
  #stringHead = 0;
  #stringCheck: Utf8Check | undefined;

  /** With `strict`, only the form of control payloads is accepted (SPEC 8.2). */
  constructor(limits: CborLimits, strict = false) {
    this.#depthLimit = Math.min(limits.depth, MAX_DEPTH);
    this.#itemLimit = Math.min(limits.items, OPEN_LEFT - 2);
    this.#byteLimit = limits.bytes;
    this.#strict = strict;
  }

  /**
   * Goes on with `bytes[from, to)`: the offset after the value if it ends there, {@link CUT} if it needs more bytes, or
   * {@link REFUSED}, which is for good. After the end of a value the next call begins a new one.
   */
  scan(bytes: Uint8Array, from: number, to: number): number {
    if (this.#finished) this.#begin();
    const end = Math.min(to, from + this.#byteLimit - this.size);
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
    this.plain = true;
    this.hasBytes = false;
    this.size = 0;
    this.#items = 1;
    this.#left = 1;
  }

  /** The loop over heads. Strings that end in these bytes are checked in place, a cut one is left to the resume step. */
  #walk(bytes: Uint8Array, from: number, end: number): number {
    const base = this.size - from;
    let at = from;
    while (at < end) {
      const headAt = at;
      const initial = bytes[at++] as number;
      const major = initial >> 5;
      const info = initial & 31;
      let argument = info;
      if (info > 23) {
        if (info < 28) {
          const width = argumentWidth(info);
          if (end - at < width) return this.#cutHead(bytes, headAt, end, base + end);
          argument = readArgument(bytes, at, width);
          at += width;
          if (width === 8 && major !== Major.Simple) this.plain = false;
        } else if (info !== INDEFINITE || major < Major.Bytes || major === Major.Tag) {
          return this.#refuse(CborErrorCode.Malformed, 'A head has a reserved length.', base + headAt);
        }
      }
      const isKey = (this.#left & 1) < (this.#kind & 1);
      if (isKey && major !== Major.Text) this.plain = false;
      if ((this.#kind > MAP || this.#strict) && !this.#fits(initial, argument, isKey, base + headAt)) return REFUSED;

      if (major === Major.Text && info !== INDEFINITE) {
        const stop = at + argument;
        if (stop > end) return this.#cutString(bytes, at, end, argument, isKey, new Utf8Check(), base);
        const ascii = skipAscii(bytes, at, stop);
        if (isKey && this.plain) this.#note(bytes, at, stop);
        if (ascii < stop) {
          // cbor-x drops a byte order mark.
          if (bytes[at] === 0xef) this.plain = false;
          if (!isUtf8(bytes, ascii, stop)) return this.#badUtf8(base + headAt);
        }
        at = stop;
      } else if (major > Major.Negative) {
        if (major === Major.Simple) {
          if (!this.#simple(initial, isKey)) {
            return this.#refuse(CborErrorCode.Malformed, 'A simple value or a break has no meaning here.', base + headAt);
          }
        } else if (major === Major.Bytes && info !== INDEFINITE) {
          this.hasBytes = true;
          if (this.#stackTop === 0) this.plain = false;
          const stop = at + argument;
          if (stop > end) return this.#cutString(bytes, at, end, argument, isKey, undefined, base);
          at = stop;
        } else if (!this.#enter(major, info === INDEFINITE, argument, base + headAt)) return REFUSED;
      }
      if (--this.#left === 0 && this.#leave()) {
        this.size = base + at;
        return at;
      }
    }
    this.size = base + end;
    return this.#cut();
  }

  /** Judges an item in the strict form, or in a container that does not take every item or does not know its length. */
  #fits(initial: number, argument: number, isKey: boolean, offset: number): boolean {
    const kind = this.#kind;
    const major = initial >> 5;
    const info = initial & 31;
    if (this.#strict) {
      const wrong = strictFault(initial, argument, isKey);
      if (wrong !== undefined) return this.#fail(CborErrorCode.NotStrict, wrong, offset);
    }
    if (kind === SET && major !== Major.Array) {
      return this.#fail(CborErrorCode.ForbiddenTag, 'Tag 258 (set) must hold an array.', offset);
    }
    if (kind === BIGNUM) {
      if (major !== Major.Bytes || info === INDEFINITE) {
        return this.#fail(CborErrorCode.ForbiddenTag, 'Tags 2 and 3 must hold one definite byte string.', offset);
      }
      if (argument > MAX_BIGNUM) {
        return this.#fail(CborErrorCode.TooBig, `A big integer has more than ${MAX_BIGNUM} bytes.`, offset);
      }
    }
    if (initial === BREAK) return true;
    if (kind >= BYTE_CHUNKS && (major !== (kind === TEXT_CHUNKS ? Major.Text : Major.Bytes) || info === INDEFINITE)) {
      return this.#fail(CborErrorCode.Malformed, 'A string of pieces holds something else.', offset);
    }
    return kind === SET || kind === BIGNUM || this.#count(1, offset);
  }

  #count(items: number, offset: number): boolean {
    this.#items += items;
    if (this.#items <= this.#itemLimit) return true;
    return this.#fail(CborErrorCode.TooManyItems, `A value has more than ${this.#itemLimit} items.`, offset);
  }

  #simple(initial: number, isKey: boolean): boolean {
    if (initial !== BREAK) return (initial & 31) >= Simple.False && (initial & 31) !== 24;
    // Counts as the container's last item.
    this.#left = 1;
    return this.#kind === OPEN_ARRAY || (this.#kind === OPEN_MAP && isKey) || this.#kind >= BYTE_CHUNKS;
  }

  /** Enters an array, map, tag or string of pieces. It counts as an item of its own, which the caller takes off again. */
  #enter(major: number, indefinite: boolean, argument: number, offset: number): boolean {
    let kind = ARRAY;
    let left = OPEN_LEFT;
    if (indefinite) this.plain = false;
    if (major === Major.Array || major === Major.Map) {
      if (this.#depth === this.#depthLimit) {
        return this.#fail(CborErrorCode.TooDeep, `A value is nested deeper than ${this.#depthLimit} levels.`, offset);
      }
      this.#depth++;
      const isMap = major === Major.Map;
      if (indefinite) kind = isMap ? OPEN_MAP : OPEN_ARRAY;
      else {
        kind = isMap ? MAP : ARRAY;
        left = isMap ? 2 * argument : argument;
        if (!this.#count(left, offset)) return false;
      }
    } else if (major === Major.Tag) {
      this.plain = false;
      left = 1;
      if (argument === Tag.Set) kind = SET;
      else if (argument === Tag.PositiveBignum || argument === Tag.NegativeBignum) kind = BIGNUM;
      else return this.#fail(CborErrorCode.ForbiddenTag, `Tag ${argument} is not accepted.`, offset);
    } else {
      kind = major === Major.Text ? TEXT_CHUNKS : BYTE_CHUNKS;
    }
    const stack = this.#stack;
    const top = this.#stackTop;
    stack[top] = this.#kind;
    stack[top + 1] = this.#left;
    stack[top + 2] = this.#keyBits;
    stack[top + 3] = this.#keyBase;
    this.#stackTop = top + FRAME;
    this.#kind = kind;
    this.#left = left + 1;
    this.#keyBits = 0;
    this.#keyBase = this.#keyTop;
    return true;
  }

  /** Leaves every container that is complete; true if the value is. */
  #leave(): boolean {
    const stack = this.#stack;
    while (this.#stackTop > 0) {
      if (this.#kind <= OPEN_MAP) this.#depth--;
      this.#keyTop = this.#keyBase;
      const top = this.#stackTop - FRAME;
      this.#stackTop = top;
      this.#kind = stack[top] as number;
      this.#left = (stack[top + 1] as number) - 1;
      this.#keyBits = stack[top + 2] as number;
      this.#keyBase = stack[top + 3] as number;
      if (this.#left > 0) return false;
    }
    this.#finished = true;
    return true;
  }

  /** Notes a key of ASCII text. */
  #note(bytes: Uint8Array, from: number, to: number): void {
    const sketch = sketchKey(bytes, from, to);
    const bit = 1 << (sketch % 31);
    const sketches = this.#keySketches;
    const top = this.#keyTop;
    if (sketch === PROTO_SKETCH || top - this.#keyBase >= MAX_SKETCHED_KEYS) this.plain = false;
    else if ((this.#keyBits & bit) !== 0 && includes(sketches, sketch, this.#keyBase, top)) this.plain = false;
    this.#keyBits |= bit;
    sketches[top] = sketch;
    this.#keyTop = top + 1;
  }

  #cutHead(bytes: Uint8Array, from: number, end: number, size: number): number {
    this.#head ??= new Uint8Array(9);
    this.#head.set(bytes.subarray(from, end));
    this.#headSize = end - from;
    this.size = size;
    return this.#cut();
  }

  /** Completes a cut head and takes it: the offset after its bytes, {@link CUT} or {@link REFUSED}. */
  #resumeHead(bytes: Uint8Array, from: number, end: number): number {
    const head = this.#head as Uint8Array;
    const whole = 1 + argumentWidth((head[0] as number) & 31);
    const to = Math.min(end, from + whole - this.#headSize);
    head.set(bytes.subarray(from, to), this.#headSize);
    this.#headSize += to - from;
    this.size += to - from;
    if (this.#headSize < whole) return this.#cut();
    this.#headSize = 0;
    this.size -= whole;
    return this.#walk(head, 0, whole) === REFUSED ? REFUSED : to;
  }

  #cutString(bytes: Uint8Array, from: number, end: number, length: number, isKey: boolean, check: Utf8Check | undefined, base: number): number {
    if (length > this.#byteLimit - base - from) return this.#tooBig(base + from);
    if (isKey) this.plain = false;
    this.#stringLeft = length;
    this.#stringHead = base + from;
    this.#stringCheck = check;
    this.size = base + from;
    return this.#resumeString(bytes, from, end);
  }

  /** Goes on with a cut string: the offset after it, {@link CUT} or {@link REFUSED}. */
  #resumeString(bytes: Uint8Array, from: number, end: number): number {
    const check = this.#stringCheck;
    const to = Math.min(end, from + this.#stringLeft);
    this.#stringLeft -= to - from;
    this.size += to - from;
    if (check !== undefined && !check.feed(bytes, from, to)) return this.#badUtf8(this.#stringHead);
    if (this.#stringLeft > 0) return this.#cut();
    if (check !== undefined && !check.complete) return this.#badUtf8(this.#stringHead);
    if (--this.#left === 0) this.#leave();
    return to;
  }

  /** The bytes have ended inside the value: as it needs more, it must not have reached its limit. */
  #cut(): number {
    return this.size < this.#byteLimit ? CUT : this.#tooBig(this.size);
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

/** What is wrong with an item in the strict form of SPEC 8.2, if anything is. */
function strictFault(initial: number, argument: number, isKey: boolean): string | undefined {
  const major = initial >> 5;
  const info = initial & 31;
  if (info === INDEFINITE) return 'An item has an indefinite length.';
  if (major === Major.Tag) return 'There is a tag.';
  if (major === Major.Simple) return info > 24 ? 'There is a float.' : undefined;
  if (info > 23 && argument < leastArgument(argumentWidth(info))) return 'A head is not the shortest.';
  return isKey && major !== Major.Bytes ? 'A map key is not a byte string.' : undefined;
}

/**
 * A small number that equal keys share and most others do not: their length and four of their bytes, so that its cost
 * does not grow with the key. Keys that share it cost time only.
 */
function sketchKey(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length === 0) return 0;
  const middle = bytes[from + (length >> 1)] as number;
  const beforeLast = bytes[length > 1 ? to - 2 : from] as number;
  const mixed = (bytes[from] as number) + (middle << 7) + (beforeLast << 14) + ((bytes[to - 1] as number) << 21);
  return (Math.imul(mixed + length, 0x9e37_79b1) >>> 2) & 0x3fff_ffff;
}

function skipAscii(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) < 0x80) at++;
  return at;
}

function includes(values: readonly number[], value: number, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (values[at] === value) return true;
  return false;
}
