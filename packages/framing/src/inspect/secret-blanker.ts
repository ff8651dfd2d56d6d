import { utf8Decode } from '../cbor/index.js';

const STAR = 0x2a;

const Major = { Unsigned: 0, Negative: 1, Bytes: 2, Text: 3, Array: 4, Map: 5, Tag: 6, Simple: 7 } as const;

/** Lengths that only a break ends count down from here: even, so that a key is due at even counts in every map. */
const OPEN = 2 ** 52;
/** What nests deeper is not well-formed: no receiver takes it (SPEC 9.1.7). */
const MOST_DEPTH = 512;
/** Text kept of a key, or of the top-level `name`, bytes. */
const KEPT_TEXT = 255;
const NOTHING = -1;

/** Keys whose values never leave the process (SPEC 6.13). */
const SECRET_KEYS: ReadonlySet<string> = new Set(['token', 'secret']);

/** A container around the item being read, and the items it still needs. */
interface Container {
  readonly kind: 'array' | 'map' | 'bytes' | 'text';
  readonly isOpen: boolean;
  left: number;
}

/**
 * Overwrites the values of `token` and `secret` in a CBOR sequence that may be cut anywhere (SPEC 6.13): strings become
 * `*`s, numbers 0, of the same lengths. From the first byte that is not well-formed on everything is `*`. Holds no bytes
 * but one short key.
 */
export class SecretBlanker {
  readonly #stack: Container[] = [];
  #major = 0;
  #info = 0;
  /** Bytes of the head's argument still to come, and the argument so far. */
  #argumentLeft = 0;
  #argument = 0;
  #stringLeft = 0;
  #isKeeping = false;
  readonly #kept: number[] = [];
  /** The next item is the value of a secret key. */
  #isArmed = false;
  /** Depth of the item being blanked, or {@link NOTHING}. */
  #blankDepth: number = NOTHING;
  #isNameNext = false;
  #isName = false;
  #name: string | undefined;
  #broken = false;
  /** Any string may be a key: where in a value the bytes began is not known. */
  readonly #unsure: boolean;

  constructor(unsure = false) {
    this.#unsure = unsure;
  }

  /** The bytes were no well-formed CBOR; all that follow are blanked. */
  get broken(): boolean {
    return this.#broken;
  }

  /** The bytes so far are whole values. */
  get atEdge(): boolean {
    return !this.#broken && this.#stack.length === 0 && this.#argumentLeft === 0 && this.#stringLeft === 0;
  }

  /** The string `name` of the top-level map, at most 255 bytes of it. */
  get name(): string | undefined {
    return this.#name;
  }

  /** Blanks in place. Returns where top-level values end, in offsets of `bytes`. */
  blank(bytes: Uint8Array): number[] {
    const ends: number[] = [];
    let at = 0;
    while (at < bytes.length && !this.#broken) {
      if (this.#stringLeft > 0) {
        at = this.#string(bytes, at);
        if (this.#stringLeft === 0) this.#stringEnds();
      } else if (this.#argumentLeft > 0) {
        this.#argument = this.#argument * 256 + (bytes[at] as number);
        if (this.#isBlanking && this.#isNumber) bytes[at] = 0;
        at++;
        if (--this.#argumentLeft === 0) this.#headEnds();
      } else {
        this.#initial(bytes, at);
        at++;
      }
      if (this.atEdge) ends.push(at);
    }
    if (this.#broken) bytes.fill(STAR, Math.max(0, at - 1));
    return ends;
  }

  get #isBlanking(): boolean {
    return this.#blankDepth !== NOTHING;
  }

  get #isNumber(): boolean {
    return this.#major <= Major.Negative || this.#major === Major.Simple;
  }

  #initial(bytes: Uint8Array, at: number): void {
    const initial = bytes[at] as number;
    this.#major = initial >> 5;
    this.#info = initial & 31;
    const top = this.#stack.at(-1);
    if (initial === 0xff) {
      this.#breaks(top);
      return;
    }
    const isChunk = top?.kind === 'bytes' || top?.kind === 'text';
    if (isChunk && (this.#major !== (top.kind === 'bytes' ? Major.Bytes : Major.Text) || this.#info === 31)) {
      this.#break();
      return;
    }
    if (!isChunk) this.#itemBegins(top);
    if (this.#info === 31) {
      this.#opens();
      return;
    }
    if (this.#info > 27) {
      this.#break();
      return;
    }
    if (this.#info > 23) {
      this.#argument = 0;
      this.#argumentLeft = 1 << (this.#info - 24);
      return;
    }
    if (this.#isBlanking && this.#major <= Major.Negative) bytes[at] = this.#major << 5;
    this.#argument = this.#info;
    this.#headEnds();
  }

  #itemBegins(top: Container | undefined): void {
    if (this.#isArmed && !this.#isBlanking) this.#blankDepth = this.#stack.length;
    this.#isArmed = false;
    this.#isName = this.#isNameNext;
    this.#isNameNext = false;
    const isKey = top?.kind === 'map' && top.left % 2 === 0;
    this.#isKeeping = isKey || this.#isName || this.#unsure;
    this.#kept.length = 0;
  }

  #headEnds(): void {
    switch (this.#major) {
      case Major.Bytes:
      case Major.Text:
        this.#stringLeft = this.#argument;
        if (this.#stringLeft === 0) this.#stringEnds();
        return;
      case Major.Array:
        this.#sized('array', this.#argument);
        return;
      case Major.Map:
        this.#sized('map', this.#argument * 2);
        return;
      case Major.Tag:
        this.#push('array', 1);
        return;
      default:
        this.#itemEnds();
        return;
    }
  }

  #opens(): void {
    switch (this.#major) {
      case Major.Bytes:
        this.#push('bytes', OPEN);
        return;
      case Major.Text:
        this.#push('text', OPEN);
        return;
      case Major.Array:
        this.#push('array', OPEN);
        return;
      case Major.Map:
        this.#push('map', OPEN);
        return;
      default:
        this.#break();
        return;
    }
  }

  #sized(kind: 'array' | 'map', items: number): void {
    if (items === 0) this.#itemEnds();
    else this.#push(kind, items);
  }

  #push(kind: Container['kind'], left: number): void {
    if (this.#stack.length === MOST_DEPTH) {
      this.#break();
      return;
    }
    this.#stack.push({ kind, isOpen: left === OPEN, left });
  }

  /** A break: it ends a container of no length, a map only where a key is due. */
  #breaks(top: Container | undefined): void {
    if (top?.isOpen !== true || (top.kind === 'map' && top.left % 2 === 1)) {
      this.#break();
      return;
    }
    this.#stack.pop();
    if (top.kind === 'bytes' || top.kind === 'text') this.#wholeString();
    this.#itemEnds();
  }

  #string(bytes: Uint8Array, from: number): number {
    const to = Math.min(bytes.length, from + this.#stringLeft);
    this.#stringLeft -= to - from;
    if (this.#isKeeping) {
      const most = Math.min(to, from + KEPT_TEXT + 1 - this.#kept.length);
      for (let at = from; at < most; at++) this.#kept.push(bytes[at] as number);
    }
    if (this.#isBlanking) bytes.fill(STAR, from, to);
    return to;
  }

  #stringEnds(): void {
    const top = this.#stack.at(-1);
    // A chunk of a longer string: the rest follows.
    if (top?.kind === 'bytes' || top?.kind === 'text') return;
    this.#wholeString();
    this.#itemEnds();
  }

  #wholeString(): void {
    if (!this.#isKeeping) return;
    this.#isKeeping = false;
    const text = String.fromCharCode(...this.#kept);
    if (this.#isName) {
      this.#name = utf8Decode(Uint8Array.from(this.#kept.slice(0, KEPT_TEXT)));
      return;
    }
    this.#isArmed = SECRET_KEYS.has(text);
    this.#isNameNext = this.#stack.length === 1 && text === 'name' && this.#stack[0]?.kind === 'map';
  }

  /** The item at this depth is over, and with it containers that needed no other. */
  #itemEnds(): void {
    for (;;) {
      if (this.#blankDepth === this.#stack.length) this.#blankDepth = NOTHING;
      const top = this.#stack.at(-1);
      if (top === undefined) {
        // Between values of a sequence nothing is a key, but where it is not known what they were part of.
        if (!this.#unsure) this.#isArmed = false;
        return;
      }
      top.left--;
      if (top.left > 0) return;
      this.#stack.pop();
    }
  }

  #break(): void {
    this.#broken = true;
  }
}
