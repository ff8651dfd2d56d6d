import { type Malformed, malformed } from './bounded-decoder.js';

/** Largest window of `zstd-8mb`, bytes: what a decoder has to keep of the bytes behind it. */
const MOST_WINDOW = 8 * 1024 * 1024;

const MAGIC = 0xfd2fb528;
/** Most plain bytes of one block, whatever the window. */
const MOST_BLOCK = 131_072;
const DICTIONARY_ID_SIZES = [0, 1, 2, 4] as const;
const CONTENT_SIZES = [0, 2, 4, 8] as const;

/** The parts a frame is made of, in the order they come in; `block` and `body` repeat. */
type Part = 'descriptor' | 'header' | 'block' | 'body' | 'checksum' | 'end';

const RAW = 0;
const RLE = 1;
const COMPRESSED = 2;
const RESERVED = 3;

/** The window, bytes, that the byte `coded` of a frame header stands for. */
function windowOf(coded: number): number {
  const base = 2 ** (10 + (coded >> 3));
  return base + (base / 8) * (coded & 7);
}

/**
 * Follows the one frame of a `zstd-8mb` stream (RFC 8878, section 3.1.1) over payloads that cut it anywhere, without
 * decoding it: a window past 8 MiB, a dictionary, a block larger than it may be and bytes past the frame's end are
 * refused before a decoder sees them.
 */
export class ZstdFrame {
  #part: Part = 'descriptor';
  /** Bytes of the present part still to come. */
  #missing = 5;
  readonly #kept = new Uint8Array(18);
  #size = 0;
  #fault: Malformed | undefined;
  #completed = false;
  #blockMost = 0;
  #hasChecksum = false;
  #last = false;
  #window = 0;
  #content: number | undefined;
  #blockType = RAW;
  #blockSize = 0;

  /** The part the next byte belongs to. */
  get part(): Part {
    return this.#part;
  }

  /** The last `advance` brought its part to the end. */
  get completed(): boolean {
    return this.#completed;
  }

  /** What is wrong with the frame; nothing more is read then. */
  get fault(): Malformed | undefined {
    return this.#fault;
  }

  /** Bytes a match may reach back; known once the header is complete. */
  get window(): number {
    return this.#window;
  }

  /** Plain bytes of the whole frame, where its header tells. */
  get contentSize(): number | undefined {
    return this.#content;
  }

  /** The frame's last block is complete. */
  get ended(): boolean {
    return this.#part === 'checksum' || this.#part === 'end';
  }

  /** How the block whose body is being read is written: 0 as it is, 1 as a run of one byte, 2 compressed. */
  get blockType(): number {
    return this.#blockType;
  }

  /** What that block's header tells: its plain bytes, or those of its body where it is compressed. */
  get blockSize(): number {
    return this.#blockSize;
  }

  /** The fault, if any, in all of `bytes`, which follow those before. */
  check(bytes: Uint8Array): Malformed | undefined {
    let at = 0;
    while (at < bytes.length && !this.#fault) at = this.advance(bytes, at);
    return this.#fault;
  }

  /** Reads from `bytes[at]` to the end of the present part, or as far as `bytes` go; where it stopped. */
  advance(bytes: Uint8Array, at: number): number {
    this.#completed = false;
    if (this.#part === 'end') {
      this.#fault = malformed('there are bytes after the end of the encoded data');
      return bytes.length;
    }
    const end = Math.min(bytes.length, at + this.#missing);
    if (this.#part !== 'body') {
      this.#kept.set(bytes.subarray(at, end), this.#size);
      this.#size += end - at;
    }
    this.#missing -= end - at;
    if (this.#missing > 0) return end;
    this.#completed = true;
    const fault = this.#complete(this.#part);
    if (fault) this.#fault = malformed(fault);
    return end;
  }

  /** Goes from a part that is complete to the next; says what is wrong with it, if anything. */
  #complete(part: Part): string | undefined {
    if (part === 'descriptor') return this.#readDescriptor();
    if (part === 'header') return this.#readHeader();
    if (part === 'block') return this.#readBlock();
    if (part === 'body') this.#afterBlock();
    else this.#expect('end', 0);
    return undefined;
  }

  #readDescriptor(): string | undefined {
    const descriptor = this.#kept[4] ?? 0;
    if (this.#integer(0, 4) !== MAGIC) return 'this is no zstd frame';
    if (descriptor & 8) return 'a reserved bit of the frame header is set';
    this.#hasChecksum = (descriptor & 4) !== 0;
    this.#part = 'header';
    this.#missing = this.#windowSize() + this.#dictionarySize() + this.#contentField();
    return undefined;
  }

  #readHeader(): string | undefined {
    const afterWindow = 5 + this.#windowSize();
    const contentAt = afterWindow + this.#dictionarySize();
    if (this.#integer(afterWindow, this.#dictionarySize()) !== 0) return 'it needs a dictionary';
    const field = this.#contentField();
    // A size of two bytes begins where that of one byte ends.
    if (field > 0) this.#content = this.#integer(contentAt, field) + (field === 2 ? 256 : 0);
    this.#window = this.#windowSize() === 0 ? (this.#content ?? 0) : windowOf(this.#kept[5] ?? 0);
    if (this.#window > MOST_WINDOW) return `its window of ${this.#window} bytes is over 8 MiB`;
    this.#blockMost = Math.min(MOST_BLOCK, this.#window);
    this.#expect('block', 3);
    return undefined;
  }

  #readBlock(): string | undefined {
    const head = this.#integer(0, 3);
    const type = (head >> 1) & 3;
    const size = head >> 3;
    this.#blockType = type;
    this.#blockSize = size;
    this.#last = (head & 1) === 1;
    if (type === RESERVED) return 'a block is of no known type';
    if (type === COMPRESSED && size === 0) return 'a compressed block is empty';
    if (size > this.#blockMost) return `a block of ${size} bytes is over ${this.#blockMost}`;
    this.#expect('body', type === RLE ? 1 : size);
    if (type === RAW && size === 0) this.#afterBlock();
    return undefined;
  }

  #afterBlock(): void {
    if (!this.#last) this.#expect('block', 3);
    else if (this.#hasChecksum) this.#expect('checksum', 4);
    else this.#expect('end', 0);
  }

  #expect(part: Part, size: number): void {
    this.#part = part;
    this.#missing = size;
    this.#size = 0;
  }

  /** Bytes of the window field: none where the content is one segment, and the window all of it. */
  #windowSize(): number {
    return this.#isSingleSegment() ? 0 : 1;
  }

  #isSingleSegment(): boolean {
    return ((this.#kept[4] ?? 0) & 32) !== 0;
  }

  #dictionarySize(): number {
    return DICTIONARY_ID_SIZES[(this.#kept[4] ?? 0) & 3] ?? 0;
  }

  /** Bytes of the content size field. */
  #contentField(): number {
    const field = CONTENT_SIZES[(this.#kept[4] ?? 0) >> 6] ?? 0;
    return field === 0 && this.#isSingleSegment() ? 1 : field;
  }

  /** The little-endian integer in `size` of the kept bytes; exact to 2^53. */
  #integer(at: number, size: number): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + (this.#kept[at + i] ?? 0);
    return value;
  }
}
