import { type CommandSet, command, defineCommands, implement } from '@wiremux/server';
import { z } from 'zod';

/** As many rows as a request may ask for. */
const MOST_ROWS = 1_000_000_000;

const Row = z.object({
  id: z.int(),
  symbol: z.string(),
  price: z.number(),
  size: z.int(),
  side: z.enum(['buy', 'sell']),
});

const contract = defineCommands({
  rows: command({
    about: 'Yields rows that look like trades, as fast as they are read; the same ones every time.',
    args: z.strictObject({ count: z.int().min(0).max(MOST_ROWS).describe('How many rows.') }),
    yields: Row,
    restartable: true,
  }),
});

export const rowsCommands: CommandSet = implement(contract, { rows: ({ count }) => rows(count) });

const SYMBOLS = ['ACME', 'BLTZ', 'CRUX', 'DUNE', 'EMBR', 'FLUX', 'GLYF', 'HALO'];

/** Trades of a market that does not exist: a price that wanders for each symbol. */
function* rows(count: number): Generator<z.infer<typeof Row>, void, undefined> {
  const cents = SYMBOLS.map((_, at) => 5_000 + at * 2_500);
  let random = 0x2545_f491;
  for (let id = 0; id < count; id += 1) {
    // Marsaglia's xorshift: no state but one number, and good enough for plausible noise.
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    const at = random & 7;
    const price = Math.max(100, (cents[at] as number) + ((random >>> 8) % 41) - 20);
    cents[at] = price;
    yield {
      id,
      symbol: SYMBOLS[at] as string,
      price: price / 100,
      size: 10 * (1 + ((random >>> 16) & 63)),
      side: (random & 8) === 0 ? 'buy' : 'sell',
    };
  }
}
