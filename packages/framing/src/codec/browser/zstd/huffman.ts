import { BackwardBits } from './bits.js';
import { FseState, readTable } from './fse.js';
import { MalformedBlock } from './malformed-block.js';

const MOST_BITS = 11;
const MOST_SYMBOLS = 256;
const WEIGHT_LOG = 6;
const MOST_WEIGHT_SYMBOL = MOST_BITS + 1;
/** Descriptions from this byte on hold weights of four bits; below it is the size of compressed ones. */
const DIRECT = 128;

/** A decoding table of literals (RFC 8878, section 4.2): a symbol, and its bits, for every possible next `log` bits. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

/** A table's description: it, and the offset behind it. */
export interface HuffmanDescription {
  readonly table: HuffmanTable;
  readonly end: number;
}

/** Reads the description at `bytes[from]`. */
export function readHuffman(bytes: Uint8Array, from: number, to: number): HuffmanDescription {
  const head = bytes[from] ?? 0;
  const count = head - DIRECT + 1;
  const end = from + 1 + (head < DIRECT ? head : Math.ceil(count / 2));
  if (from >= to || end > to) throw new MalformedBlock('a table is cut short');
  const weights = head < DIRECT ? readWeights(bytes, from + 1, end) : directWeights(bytes, from + 1, count);
  return { table: buildHuffman(weights), end };
}

function directWeights(bytes: Uint8Array, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const pair = bytes[from + (index >> 1)] ?? 0;
    return index % 2 === 0 ? pair >> 4 : pair & 15;
  });
}

/** Weights that two states have taken turns to write, until there are no bits for the next state. */
function readWeights(bytes: Uint8Array, from: number, to: number): number[] {
  const { table, end } = readTable(bytes, from, to, WEIGHT_LOG, MOST_WEIGHT_SYMBOL);
  const input = new BackwardBits(bytes, end, to);
  const states = [new FseState(table, input), new FseState(table, input)] as const;
  if (input.left < 0) throw new MalformedBlock('a bitstream is cut short');
  const weights: number[] = [];
  for (let turn = 0; weights.length < MOST_SYMBOLS; turn = 1 - turn) {
    const state = turn === 0 ? states[0] : states[1];
    weights.push(state.symbol);
    state.advance(input);
    if (input.left < 0) {
      weights.push((turn === 0 ? states[1] : states[0]).symbol);
      return weights;
    }
  }
  throw new MalformedBlock('a table has too many symbols');
}

/** The table of these weights and of the last symbol's, which is what they lack to a power of two. */
function buildHuffman(weights: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) if (weight > 0) sum += 2 ** (weight - 1);
  const log = 32 - Math.clz32(sum);
  const missing = (1 << log) - sum;
  if (sum === 0 || log > MOST_BITS || weights.length >= MOST_SYMBOLS || (missing & (missing - 1)) !== 0) {
    throw new MalformedBlock('a table of literals does not add up');
  }
  const all = [...weights, 32 - Math.clz32(missing)];
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight += 1) {
    const span = 1 << (weight - 1);
    for (let symbol = 0; symbol < all.length; symbol += 1) {
      if (all[symbol] !== weight) continue;
      symbols.fill(symbol, at, at + span);
      bits.fill(log + 1 - weight, at, at + span);
      at += span;
    }
  }
  return { log, symbols, bits };
}

/** Decodes the bitstream in `bytes[from, to)`, which must give exactly `output[start, end)`. */
export function decodeHuffman(
  { log, symbols, bits }: HuffmanTable,
  bytes: Uint8Array,
  [from, to]: readonly [number, number],
  output: Uint8Array,
  [start, end]: readonly [number, number],
): void {
  const input = new BackwardBits(bytes, from, to);
  for (let at = start; at < end; at += 1) {
    const next = input.peek(log);
    output[at] = symbols[next] ?? 0;
    input.skip(bits[next] ?? 0);
  }
  if (input.left !== 0) throw new MalformedBlock('literals are not as many as their bits');
}
