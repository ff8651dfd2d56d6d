import { decodeHuffman, type HuffmanTable, readHuffman } from './huffman.js';
import { MalformedBlock } from './malformed-block.js';

const RAW = 0;
const RLE = 1;
const COMPRESSED = 2;
const JUMP_TABLE = 6;

/** Where compressed literals are put for the time of one block. */
const SCRATCH = new Uint8Array(131_072);

/** The literals of a block, which the next block's overwrite, and the offset behind them. */
export interface Literals {
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** Sizes that the head of compressed literals tells: of what they decode to, and of themselves. */
interface Sizes {
  readonly plain: number;
  readonly coded: number;
  readonly streams: 1 | 4;
  readonly end: number;
}

/** Reads the literals that blocks begin with (RFC 8878, section 3.1.1.3.1), with a table that lives from block to block. */
export class LiteralsReader {
  #table: HuffmanTable | undefined;

  /** The literals of `block`, no more than `most`. */
  read(block: Uint8Array, most: number): Literals {
    const type = (block[0] ?? 0) & 3;
    return type < COMPRESSED ? this.#readPlain(block, type, most) : this.#readCompressed(block, type, most);
  }

  #readPlain(block: Uint8Array, type: number, most: number): Literals {
    const [first = 0, second = 0, third = 0] = block;
    const format = (first >> 2) & 3;
    let size = first >> 3;
    let head = 1;
    if (format === 1) {
      size = (first >> 4) | (second << 4);
      head = 2;
    } else if (format === 3) {
      size = (first >> 4) | (second << 4) | (third << 12);
      head = 3;
    }
    const end = head + (type === RLE ? 1 : size);
    check(size, most, end, block);
    if (type === RAW) return { bytes: block.subarray(head, end), end };
    return { bytes: SCRATCH.fill(block[head] ?? 0, 0, size).subarray(0, size), end };
  }

  #readCompressed(block: Uint8Array, type: number, most: number): Literals {
    const { plain, coded, streams, end: head } = readSizes(block);
    const end = head + coded;
    check(plain, most, end, block);
    let from = head;
    if (type === COMPRESSED) {
      const description = readHuffman(block, head, end);
      this.#table = description.table;
      from = description.end;
    }
    if (!this.#table) throw new MalformedBlock('literals have no table');
    if (streams === 1) decodeHuffman(this.#table, block, [from, end], SCRATCH, [0, plain]);
    else decodeFour(this.#table, block, [from, end], plain);
    return { bytes: SCRATCH.subarray(0, plain), end };
  }
}

function check(size: number, most: number, end: number, block: Uint8Array): void {
  if (size > most) throw new MalformedBlock('a block has too many literals');
  if (end > block.length) throw new MalformedBlock('literals are cut short');
}

function readSizes(block: Uint8Array): Sizes {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = block;
  const format = (first >> 2) & 3;
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  // Up to forty bits, of which the first four are not part of the sizes.
  const sizes = (first >> 4) + second * 2 ** 4 + third * 2 ** 12 + (format > 1 ? fourth * 2 ** 20 : 0);
  const all = sizes + (format === 3 ? fifth * 2 ** 28 : 0);
  return {
    plain: all % 2 ** width,
    coded: Math.floor(all / 2 ** width),
    streams: format === 0 ? 1 : 4,
    end: format < 2 ? 3 : format + 2,
  };
}

/** Four bitstreams, each but the last of a quarter of the literals, behind the sizes of the first three. */
function decodeFour(
  table: HuffmanTable,
  block: Uint8Array,
  [from, to]: readonly [number, number],
  plain: number,
): void {
  const quarter = Math.ceil(plain / 4);
  if (from + JUMP_TABLE > to || 3 * quarter > plain) throw new MalformedBlock('literals are cut short');
  let start = from + JUMP_TABLE;
  for (let stream = 0; stream < 4; stream += 1) {
    const at = from + 2 * stream;
    const end = stream === 3 ? to : start + ((block[at] ?? 0) | ((block[at + 1] ?? 0) << 8));
    if (end > to) throw new MalformedBlock('literals are cut short');
    const stop = stream === 3 ? plain : (stream + 1) * quarter;
    decodeHuffman(table, block, [start, end], SCRATCH, [stream * quarter, stop]);
    start = end;
  }
}
