import { BackwardBits } from './bits.js';
import { buildTable, constantTable, FseState, type FseTable, readTable } from './fse.js';
import { MalformedBlock } from './malformed-block.js';

/** One copy: so many literals, then so many bytes from so far back. */
export type SequenceSink = (literals: number, match: number, offset: number) => void;

/** A code's smallest value, and how many bits are added to it. */
interface CodeRange {
  readonly bases: Uint32Array;
  readonly bits: Uint8Array;
}

/** What one of the three codes of a sequence may be. */
interface CodeKind {
  readonly mostLog: number;
  readonly mostSymbol: number;
  readonly standard: FseTable;
}

const REPEAT = 3;
/** Larger codes stand for offsets past any window. */
const MOST_OFFSET_CODE = 24;

/** Codes of one value each from `first` on, then ranges of so many bits each, one behind the other. */
function ranges(first: number, single: number, bits: readonly number[]): CodeRange {
  const all = [...new Array<number>(single).fill(0), ...bits];
  const bases: number[] = [];
  let base = first;
  for (const width of all) {
    bases.push(base);
    base += 2 ** width;
  }
  return { bases: Uint32Array.from(bases), bits: Uint8Array.from(all) };
}

const LITERAL_LENGTHS = ranges(0, 16, [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const MATCH_LENGTHS = ranges(3, 32, [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);

const twice = (count: number): number[] => new Array<number>(count).fill(2);
const once = (count: number): number[] => new Array<number>(count).fill(1);
const rarely = (count: number): number[] => new Array<number>(count).fill(-1);

const LITERALS: CodeKind = {
  mostLog: 9,
  mostSymbol: 35,
  standard: buildTable([4, 3, ...twice(11), ...once(3), ...twice(9), 3, 2, ...once(5), ...rarely(4)], 6),
};
const OFFSETS: CodeKind = {
  mostLog: 8,
  mostSymbol: 31,
  standard: buildTable([...once(6), ...twice(3), ...once(15), ...rarely(5)], 5),
};
const MATCHES: CodeKind = {
  mostLog: 9,
  mostSymbol: 52,
  standard: buildTable([1, 4, 3, ...twice(6), ...once(37), ...rarely(7)], 6),
};

/** Reads the sequences of blocks (RFC 8878, section 3.1.1.3.2), with tables and offsets that live from block to block. */
export class SequencesReader {
  #tables: readonly FseTable[] = [];
  /** The last three offsets, the latest first. */
  readonly #offsets: [number, number, number] = [1, 4, 8];

  /** Gives `sink` the sequences of `block[from, …)`, to the end of the block. */
  read(block: Uint8Array, from: number, sink: SequenceSink): void {
    const [first = 0, second = 0, third = 0] = block.subarray(from);
    if (from >= block.length) throw new MalformedBlock('a block has no sequences');
    if (first === 0) {
      if (from + 1 < block.length) throw new MalformedBlock('there is more behind a block');
      return;
    }
    let count = first;
    let at = from + 1;
    if (first === 255) {
      count = second + (third << 8) + 0x7f00;
      at = from + 3;
    } else if (first >= 128) {
      count = ((first - 128) << 8) + second;
      at = from + 2;
    }
    at = this.#readTables(block, at);
    this.#readAll(new BackwardBits(block, at, block.length), count, sink);
  }

  /** Reads the three tables; the offset behind them. */
  #readTables(block: Uint8Array, from: number): number {
    const modes = block[from] ?? 0;
    if (from >= block.length || (modes & 3) !== 0) throw new MalformedBlock('sequences have no modes');
    const tables: FseTable[] = [];
    let at = from + 1;
    for (const [index, kind] of [LITERALS, OFFSETS, MATCHES].entries()) {
      const mode = (modes >> (6 - 2 * index)) & 3;
      const { table, end } = this.#readTable(block, at, mode, kind, index);
      tables.push(table);
      at = end;
    }
    this.#tables = tables;
    return at;
  }

  #readTable(
    block: Uint8Array,
    at: number,
    mode: number,
    kind: CodeKind,
    index: number,
  ): { readonly table: FseTable; readonly end: number } {
    if (mode === 0) return { table: kind.standard, end: at };
    if (mode === REPEAT) {
      const table = this.#tables[index];
      if (!table) throw new MalformedBlock('sequences repeat a table that was never there');
      return { table, end: at };
    }
    if (mode === 2) return readTable(block, at, block.length, kind.mostLog, kind.mostSymbol);
    const symbol = block[at] ?? 0;
    if (at >= block.length || symbol > kind.mostSymbol) throw new MalformedBlock('a code is none');
    return { table: constantTable(symbol), end: at + 1 };
  }

  #readAll(input: BackwardBits, count: number, sink: SequenceSink): void {
    const [literalTable, offsetTable, matchTable] = this.#tables;
    if (!literalTable || !offsetTable || !matchTable) return;
    const literals = new FseState(literalTable, input);
    const offsets = new FseState(offsetTable, input);
    const matches = new FseState(matchTable, input);
    for (let left = count; left > 0; left -= 1) {
      const offsetCode = offsets.symbol;
      if (offsetCode > MOST_OFFSET_CODE) throw new MalformedBlock('a match lies too far back');
      const offset = (1 << offsetCode) + input.read(offsetCode);
      const match = readValue(MATCH_LENGTHS, matches.symbol, input);
      const literal = readValue(LITERAL_LENGTHS, literals.symbol, input);
      sink(literal, match, this.#offsetOf(offset, literal));
      if (left > 1) {
        literals.advance(input);
        matches.advance(input);
        offsets.advance(input);
      }
      if (input.left < 0) throw new MalformedBlock('sequences are cut short');
    }
    if (input.left !== 0) throw new MalformedBlock('there is more behind the sequences');
  }

  /** The offset a coded one stands for: one of the last three, or a new one. */
  #offsetOf(coded: number, literals: number): number {
    const offsets = this.#offsets;
    const [first, second, third] = offsets;
    const turn = literals === 0 ? coded + 1 : coded;
    if (coded <= 3 && turn === 1) return first;
    let offset = coded - 3;
    if (coded <= 3) offset = turn === 2 ? second : turn === 3 ? third : first - 1;
    if (offset === 0) throw new MalformedBlock('a match lies nowhere');
    // A new one, and the third, push the others back; the second changes places with the first.
    if (coded > 3 || turn > 2) offsets[2] = second;
    offsets[1] = first;
    offsets[0] = offset;
    return offset;
  }
}

function readValue({ bases, bits }: CodeRange, code: number, input: BackwardBits): number {
  return (bases[code] ?? 0) + input.read(bits[code] ?? 0);
}
