/** Keys of one map whose sketches are compared; of a larger map the materializer compares the keys themselves. */
const MAX_KEYS = 24;
const PROTO = Uint8Array.from('__proto__', (char) => char.charCodeAt(0));
/** The sketch of the one name that is not an ordinary property. */
const PROTO_SKETCH = sketch(PROTO, 0, PROTO.length);

/**
 * Tells at a small cost which maps are free of duplicate keys and of `__proto__`. It may fail to tell, which costs time
 * only: the materializer then compares the keys themselves, with a hash no peer can aim at.
 */
export class KeySketches {
  /** A bit for each key of the current map, so that most keys need no comparison. */
  #bits = 0;
  /** Where the current map's sketches begin, and end. */
  #base = 0;
  #top = 0;
  readonly #sketches: number[] = [];
  /** Bits and base of the maps around the current one. */
  readonly #outer: number[] = [];

  enterMap(): void {
    this.#outer.push(this.#bits, this.#base);
    this.#bits = 0;
    this.#base = this.#top;
  }

  leaveMap(): void {
    this.#top = this.#base;
    this.#base = this.#outer.pop() as number;
    this.#bits = this.#outer.pop() as number;
  }

  /** Takes the next key of the current map: true if it is an ordinary one and none before it can be equal. */
  isNew(bytes: Uint8Array, from: number, to: number): boolean {
    const own = sketch(bytes, from, to);
    const bit = 1 << own;
    const top = this.#top;
    if (own === PROTO_SKETCH || top - this.#base === MAX_KEYS) return false;
    if ((this.#bits & bit) !== 0) {
      for (let at = this.#base; at < top; at++) if (this.#sketches[at] === own) return false;
    }
    this.#bits |= bit;
    this.#sketches[top] = own;
    this.#top = top + 1;
    return true;
  }
}

/** A small number that equal keys share and most others do not: length and four bytes, as its cost must not grow. */
function sketch(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length === 0) return 0;
  const first = bytes[from] as number;
  const middle = bytes[from + (length >> 1)] as number;
  const beforeLast = bytes[length > 1 ? to - 2 : from] as number;
  const last = bytes[to - 1] as number;
  const mixed = Math.imul(length + first + (middle << 7) + (beforeLast << 14) + (last << 21), 0x9e37_79b1);
  // 30 bits, which V8 keeps as a small integer everywhere; the high ones are the best mixed.
  return mixed >>> 2;
}
