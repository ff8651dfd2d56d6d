import { type BackwardBits, ForwardBits } from './bits.js';
import { MalformedBlock } from './malformed-block.js';

const LEAST_LOG = 5;

/** A decoding table of finite state entropy (RFC 8878, section 4.1): what each state stands for, and where it leads. */
export interface FseTable {
  /** Base-2 logarithm of the number of states. */
  readonly log: number;
  readonly symbols: Uint8Array;
  /** Bits to read for the next state, and what to add to them. */
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** The table of a symbol that never changes and takes no bits. */
export function constantTable(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}

/**
 * The table for symbols of these probabilities, whose sum is the number of states; -1 stands for less than one state,
 * which takes one.
 */
export function buildTable(probabilities: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(probabilities.length);
  let high = size;
  for (let symbol = 0; symbol < probabilities.length; symbol += 1) {
    const probability = probabilities[symbol] ?? 0;
    next[symbol] = Math.abs(probability);
    if (probability === -1) symbols[--high] = symbol;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (let symbol = 0; symbol < probabilities.length; symbol += 1) {
    for (let count = probabilities[symbol] ?? 0; count > 0; count -= 1) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  }
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state += 1) {
    const symbol = symbols[state] ?? 0;
    const turn = next[symbol] ?? 0;
    next[symbol] = turn + 1;
    const width = log - (31 - Math.clz32(turn));
    bits[state] = width;
    bases[state] = (turn << width) - size;
  }
  return { log, symbols, bits, bases };
}

/** A table's description: it, and the offset behind it. */
export interface FseDescription {
  readonly table: FseTable;
  readonly end: number;
}

/** Reads the description at `bytes[from]`, for symbols up to `mostSymbol` in at most 2^`mostLog` states. */
export function readTable(
  bytes: Uint8Array,
  from: number,
  to: number,
  mostLog: number,
  mostSymbol: number,
): FseDescription {
  const input = new ForwardBits(bytes, from, to);
  const log = input.read(4) + LEAST_LOG;
  if (log > mostLog) throw new MalformedBlock('a table has too many states');
  const probabilities: number[] = [];
  let rest = 1 << log;
  while (rest > 0) {
    const probability = readProbability(input, rest);
    rest -= Math.abs(probability);
    probabilities.push(probability);
    // Behind an improbable symbol comes how many more there are, three at a time.
    for (let more = probability === 0 ? 3 : 0; more === 3; ) {
      more = input.read(2);
      for (let count = 0; count < more; count += 1) probabilities.push(0);
      if (probabilities.length > mostSymbol) break;
    }
    if (probabilities.length > mostSymbol + (rest > 0 ? 0 : 1))
      throw new MalformedBlock('a table has too many symbols');
  }
  return { table: buildTable(probabilities, log), end: input.nextByte };
}

/** One of the `rest + 2` numbers from -1 on; the lower ones take a bit less. */
function readProbability(input: ForwardBits, rest: number): number {
  const width = 32 - Math.clz32(rest + 1);
  const short = (1 << width) - 1 - (rest + 1);
  const low = (1 << (width - 1)) - 1;
  const value = input.read(width);
  if ((value & low) < short) {
    input.unread(1);
    return (value & low) - 1;
  }
  return (value > low ? value - short : value) - 1;
}

/** The state of one symbol's decoding. */
export class FseState {
  readonly #table: FseTable;
  #state: number;

  constructor(table: FseTable, input: BackwardBits) {
    this.#table = table;
    this.#state = input.read(table.log);
  }

  get symbol(): number {
    return this.#table.symbols[this.#state] ?? 0;
  }

  /** Reads the next state. */
  advance(input: BackwardBits): void {
    const { bits, bases } = this.#table;
    this.#state = (bases[this.#state] ?? 0) + input.read(bits[this.#state] ?? 0);
  }
}
