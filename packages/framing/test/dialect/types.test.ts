import { describe, expect, it } from 'vitest';
import { dialectByName } from '../../src/index.js';
import { LonePeer, rawFrame } from '../reactor/lone-peer.js';
import { specTable } from '../spec.js';

/** Types of SPEC 2.2 by name, as the two dialects of the reactors number them. */
const TYPES: Readonly<Record<string, number>> = {
  'command-request': 1,
  'command-data': 2,
  'command-response': 3,
  'error-response': 5,
  'text-output': 6,
  progress: 7,
  'sender-protocol-settings': 8,
  'stream-settings': 9,
  credit: 10,
  cancel: 11,
  ack: 12,
  ping: 13,
  drain: 14,
};

interface Column {
  readonly name: string;
  readonly types: readonly string[];
}

const COLUMNS: readonly Column[] = [
  { name: 'exp-framing-0006', types: column(4) },
  { name: 'wiremux.1', types: column(5) },
];

/** The names in a column of the table of types. */
function column(index: number): string[] {
  return specTable('- **2.2**')
    .map((cells) => cells[index] as string)
    .filter((name) => name !== '–');
}

/** The flags of each type of a dialect, as the table of SPEC 2.3 has them. */
function legalFlags(dialect: string): Map<number, Set<number>> {
  const short = dialect.replace('exp-framing-', '');
  const rows = specTable('- **2.3**').filter(
    ([, dialects = '']) => /^all|and later$/.test(dialects) || dialects.split(', ').includes(short),
  );
  const legal = rows.flatMap(([names = '', , flags = '', rule = '']) =>
    names.split(', ').map((name) => [TYPES[name] as number, combinations(flags, rule)] as const),
  );
  return new Map(legal);
}

function combinations(flags: string, rule: string): Set<number> {
  const bits = new Map([...flags.matchAll(/(\d) ([a-z-]+)/g)].map(([, bit, name]) => [name as string, Number(bit)]));
  const all = [...bits.values()].reduce((sum, bit) => sum | bit, 0);
  const subsets = Array.from({ length: 16 }, (_, value) => value).filter((value) => (value & ~all) === 0);
  const exactlyOne = /^exactly one/.test(rule);
  const among = [bits.get('new') ?? 0, bits.get('continuation') ?? 0, bits.get('eos') ?? 0];
  return new Set(
    subsets.filter((value) => !exactlyOne || among.filter((bit) => bit !== 0 && (value & bit) !== 0).length === 1),
  );
}

describe.each(COLUMNS)('SPEC 2.2, 2.3 frame types and flags of $name', ({ name, types }) => {
  const legal = legalFlags(name);

  it('are those of the tables', () => {
    expect([...legal.keys()].sort((a, b) => a - b)).toEqual(types.map((type) => TYPES[type]));
    const table = dialectByName(name)?.legal;
    for (let type = 0; type < 16; type++) {
      const allowed = Array.from({ length: 16 }, (_, flags) => flags).filter((flags) => table?.[type * 16 + flags]);
      expect([type, ...allowed]).toEqual([type, ...(legal.get(type) ?? [])]);
    }
  });

  it.each(['client', 'server'] as const)('break the connection of a %s where they are not', (role) => {
    for (let type = 0; type < 16; type++) {
      for (let flags = 0; flags < 16; flags++) {
        if (legal.get(type)?.has(flags)) continue;
        const lone = new LonePeer({ role, dialect: name });
        lone.feedBytes(rawFrame(role === 'client' ? 1 : 3, lone.stream, 0, type, flags));
        expect(lone.fault).toMatchObject({ rule: '2.3', closeCode: 1002 });
      }
    }
  });
});
