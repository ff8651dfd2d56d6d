import type { OutputAtom } from '@wiremux/client';
import { describe, expect, it } from 'vitest';
import { addOutput } from '../../src/state/output.js';

const atom = (text: string, ...labels: string[]): OutputAtom => ({ text, args: [], labels });

describe('addOutput', () => {
  it('joins what has one tone', () => {
    const first = addOutput([], [atom('a'), atom('b', 'count'), atom('c', 'error'), atom('', 'note')]);
    expect(first).toEqual([
      { tone: 'plain', text: 'ab' },
      { tone: 'error', text: 'c' },
    ]);
    expect(addOutput(first, [atom('d', 'disk.error'), atom('e')])).toEqual([
      { tone: 'plain', text: 'ab' },
      { tone: 'error', text: 'cd' },
      { tone: 'plain', text: 'e' },
    ]);
    expect(first).toHaveLength(2);
  });

  it('keeps the newest characters, whatever their tone', () => {
    const much = addOutput([], [atom('a'.repeat(20_000)), atom('b'.repeat(10), 'error'), atom('end')]);
    expect(much.map(({ text }) => text.length)).toEqual([16_371, 10, 3]);
    expect(addOutput(much, [atom('c'.repeat(16_383), 'note')]).map(({ text }) => text.length)).toEqual([1, 16_383]);
    expect(addOutput(much, [atom('c'.repeat(16_384), 'note')]).map(({ text }) => text.length)).toEqual([16_384]);
  });
});
