import { LiteralsReader } from './literals.js';
import { MalformedBlock } from './malformed-block.js';
import { SequencesReader } from './sequences.js';

/** Most plain bytes of one block, whatever the window. */
const MOST_BLOCK = 131_072;
const RAW = 0;
const RLE = 1;
const FIRST_HISTORY = 65_536;
/** From here on a copy by the engine is quicker than one byte by byte. */
const LONG_COPY = 32;

/**
 * Decodes the blocks of one zstd frame. It keeps its window of plain bytes, and makes room for as much again before it
 * moves them, so that each byte is moved a bounded number of times however small the blocks are.
 */
export class BlockDecoder {
  readonly #window: number;
  readonly #most: number;
  readonly #literals = new LiteralsReader();
  readonly #sequences = new SequencesReader();
  /** Plain bytes so far, or the last of them; grows with them. */
  #history: Uint8Array = new Uint8Array(0);
  #end = 0;
  #moved = 0;

  /** @param window bytes a match may reach back */
  constructor(window: number) {
    this.#window = window;
    this.#most = Math.min(window, MOST_BLOCK);
  }

  /** Bytes of the window moved so far: in proportion to what was decoded. */
  get moved(): number {
    return this.#moved;
  }

  /**
   * The plain bytes of one block, whose head told this type and size; `body` is a byte for a run.
   * @throws {MalformedBlock} if it is none; nothing more can be decoded then
   */
  decode(type: number, size: number, body: Uint8Array): Uint8Array {
    this.#makeRoom(type === RAW || type === RLE ? size : this.#most);
    const start = this.#end;
    if (type === RAW) this.#append(body);
    else if (type === RLE) this.#repeat(body[0] ?? 0, size);
    else this.#decompress(body);
    return this.#history.slice(start, this.#end);
  }

  #append(bytes: Uint8Array): void {
    this.#history.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #repeat(byte: number, size: number): void {
    this.#history.fill(byte, this.#end, this.#end + size);
    this.#end += size;
  }

  #decompress(block: Uint8Array): void {
    const { bytes, end } = this.#literals.read(block, this.#most);
    const stop = this.#end + this.#most;
    let taken = 0;
    this.#sequences.read(block, end, (literals, match, offset) => {
      if (taken + literals > bytes.length) throw new MalformedBlock('sequences have more literals than there are');
      if (this.#end + literals + match > stop) throw new MalformedBlock('a block is larger than it may be');
      this.#take(bytes, taken, literals);
      taken += literals;
      this.#copy(match, offset);
    });
    if (this.#end + bytes.length - taken > stop) throw new MalformedBlock('a block is larger than it may be');
    this.#append(bytes.subarray(taken));
  }

  /** Appends `size` of the literals, by hand where they are few. */
  #take(literals: Uint8Array, from: number, size: number): void {
    if (size > LONG_COPY) {
      this.#append(literals.subarray(from, from + size));
      return;
    }
    const history = this.#history;
    const end = this.#end;
    for (let index = 0; index < size; index += 1) history[end + index] = literals[from + index] ?? 0;
    this.#end = end + size;
  }

  /** Repeats `size` bytes from `offset` back, which may overlap what they make. */
  #copy(size: number, offset: number): void {
    const history = this.#history;
    const end = this.#end;
    const from = end - offset;
    if (from < 0 || offset > this.#window) throw new MalformedBlock('a match lies too far back');
    if (offset >= size && size > LONG_COPY) history.copyWithin(end, from, from + size);
    else for (let index = 0; index < size; index += 1) history[end + index] = history[from + index] ?? 0;
    this.#end = end + size;
  }

  /** Makes room for `size` more bytes behind the window. */
  #makeRoom(size: number): void {
    if (this.#end + size <= this.#history.length) return;
    const kept = Math.min(this.#end, this.#window);
    const needed = kept + size;
    // As much room again as is needed, so that bytes are moved seldom.
    const most = 2 * this.#window + MOST_BLOCK;
    if (this.#history.length < most && this.#history.length < 2 * needed) {
      const grown = new Uint8Array(Math.min(most, Math.max(FIRST_HISTORY, 2 * needed)));
      grown.set(this.#history.subarray(this.#end - kept, this.#end));
      this.#history = grown;
    } else {
      this.#history.copyWithin(0, this.#end - kept, this.#end);
    }
    this.#end = kept;
    this.#moved += kept;
  }
}
