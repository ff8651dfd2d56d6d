import { describe, expect, it } from 'vitest';
import { encodeValue } from '../../src/cbor/index.js';
import { SecretBlanker } from '../../src/inspect/secret-blanker.js';
import { type HoldBudget, ValueCollector } from '../../src/inspect/value-collector.js';

/** The values that a collector makes of the bytes, given to it in pieces of this size. */
function collect(collector: ValueCollector, bytes: Uint8Array, size: number): unknown[] {
  const blanker = new SecretBlanker();
  const values: unknown[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.slice(at, at + size);
    values.push(...collector.push(piece, blanker.blank(piece)));
  }
  return values;
}

describe('ValueCollector', () => {
  const budget = (most: number): HoldBudget => ({ held: 0, most });
  const bytes = Uint8Array.from([...encodeValue('a'), ...encodeValue('x'.repeat(60)), ...encodeValue([1, 2])]);

  it.each([1, 7, 1_000])('builds values that come in pieces of %i bytes', (size) => {
    expect(collect(new ValueCollector(1_000, budget(10_000)), bytes, size)).toEqual(['a', 'x'.repeat(60), [1, 2]]);
  });

  it.each([1, 7, 1_000])('leaves out a value that is too long, and goes on behind it (%i)', (size) => {
    const collector = new ValueCollector(61, budget(10_000));
    expect(collect(collector, bytes, size)).toEqual(['a', [1, 2]]);
    expect(collector.skipped).toBe(1);
    expect(collect(new ValueCollector(62, budget(10_000)), bytes, size)).toHaveLength(3);
  });

  it('holds no more than all collectors may together, and gives back what it held', () => {
    const shared = budget(300);
    const first = new ValueCollector(1_000, shared);
    const second = new ValueCollector(1_000, shared);
    expect(collect(first, bytes.slice(0, 10), 1)).toEqual(['a']);
    expect(shared.held).toBe(256);
    expect(collect(second, bytes, 1)).toEqual([]);
    expect(second.skipped).toBe(3);
    first.clear();
    expect(shared.held).toBe(0);
    expect(collect(second, bytes, 1)).toHaveLength(3);
  });
});
