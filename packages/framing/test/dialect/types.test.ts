import { describe, expect, it } from 'vitest';
import { DIALECT_NAMES, type DialectName, dialectByName } from '../../src/index.js';
import { LonePeer, rawFrame } from '../reactor/lone-peer.js';
import { specTable } from '../spec.js';

/** The dialects, oldest first, as their columns follow the number in the table of types. */
const COLUMNS = DIALECT_NAMES.map((name, index) => ({ name, types: typesOf(index + 1) }));

/** The number of each type that a column of the table names. */
function typesOf(column: number): Map<string, number> {
  const rows = specTable('- **2.2**').map(
    (cells) => [cells[column] as string, Number(cells[0]?.slice(1, -1))] as const,
  );
  return new Map(rows.filter(([name]) => name !== '–'));
}

/** True if a cell of the table of flags means the dialect. */
function covers(cell: string, dialect: DialectName): boolean {
  const short = dialect.replace('exp-framing-', '');
  const [since] = /^\d+(?= and later)/.exec(cell) ?? [];
  return since === undefined ? cell.startsWith('all') || cell.split(', ').includes(short) : short >= since;
}

/** The flags of each type of a dialect, as the table of SPEC 2.3 has them. */
function legalFlags(dialect: DialectName, types: ReadonlyMap<string, number>): Map<number, Set<number>> {
  const rows = specTable('- **2.3**').filter(([, dialects = '']) => covers(dialects, dialect));
  const legal = rows.flatMap(([names = '', , flags = '', rule = '']) =>
    names.split(', ').map((name) => [types.get(name), combinations(flags, rule)] as const),
  );
  return new Map(legal.filter((entry): entry is [number, Set<number>] => entry[0] !== undefined));
}

function combinations(flags: string, rule: string): Set<number> {
  const bits = new Map([...flags.matchAll(/(\d) ([a-z-]+)/g)].map(([, bit, name]) => [name as string, Number(bit)]));
  const all = [...bits.values()].reduce((sum, bit) => sum | bit, 0);
  const subsets = Array.from({ length: 16 }, (_, value) => value).filter((value) => (value & ~all) === 0);
  const among = ['new', 'continuation', 'eos', 'protocol', 'application'].map((name) => bits.get(name) ?? 0);
  const set = (value: number): number => among.filter((bit) => (value & bit) !== 0).length;
  if (/^exactly one/.test(rule)) return new Set(subsets.filter((value) => set(value) === 1));
  if (/^not both/.test(rule)) return new Set(subsets.filter((value) => value !== all));
  if (/^at least one; eos excludes/.test(rule)) {
    return new Set(subsets.filter((value) => value !== 0 && (value === bits.get('eos') || set(value) === 0)));
  }
  return new Set(subsets);
}

describe.each(COLUMNS)('SPEC 2.2, 2.3 frame types and flags of $name', ({ name, types }) => {
  const legal = legalFlags(name, types);

  it('are those of the tables', () => {
    expect([...legal.keys()].sort((a, b) => a - b)).toEqual([...types.values()].sort((a, b) => a - b));
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
        const lone = new LonePeer({ role, dialect: name, stream: false });
        lone.feedBytes(rawFrame(role === 'client' ? 1 : 3, lone.stream, 1, type, flags));
        expect(lone.fault).toMatchObject({ rule: '2.3', closeCode: 1002 });
      }
    }
  });
});
