import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdTable } from '../../src/reactor/id-table.js';

describe('items by id', () => {
  it('does what a Map does, whatever comes and goes', () => {
    const step = fc.record({ id: fc.integer({ min: 0, max: 32_767 }), remove: fc.boolean() });
    const near = fc.record({ id: fc.integer({ min: 60, max: 70 }), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.oneof(step, near), { maxLength: 200 }), fc.constantFrom(1, 2), (steps, first) => {
        const table = new IdTable<number>();
        const map = new Map<number, number>();
        for (const [value, { id: count, remove }] of steps.entries()) {
          const id = Math.min(first + 2 * count, 65_533 + first);
          if (remove) {
            expect(table.delete(id)).toBe(map.get(id));
            map.delete(id);
          } else {
            table.set(id, value);
            map.set(id, value);
          }
          expect(table.get(id)).toBe(map.get(id));
          expect(table.size).toBe(map.size);
        }
        expect([...table]).toEqual([...map].sort(([a], [b]) => a - b).map(([, value]) => value));
      }),
    );
  });

  it.each([0.5, 1.5, -1, 3, 65_537, Number.NaN, Number.POSITIVE_INFINITY])(
    'has nothing under %s, which is another id',
    (id) => {
      const table = new IdTable<string>();
      table.set(1, 'one');
      expect([table.get(id), table.delete(id), table.size]).toEqual([undefined, undefined, 1]);
    },
  );

  it('has nothing once it is cleared, and takes items again', () => {
    const table = new IdTable<string>();
    table.set(1, 'first');
    table.set(65_535, 'last');
    table.clear();
    expect([table.size, table.get(1), [...table]]).toEqual([0, undefined, []]);
    table.set(1, 'again');
    expect([...table]).toEqual(['again']);
  });
});
