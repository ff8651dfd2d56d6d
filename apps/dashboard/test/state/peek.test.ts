import { describe, expect, it } from 'vitest';
import { peek, peekItems, peekNumber, peekText, peekTime } from '../../src/state/peek.js';

const value = { cpu: { cores: [0.5, 1] }, big: 2n ** 60n, at: '1970-01-01T00:00:01Z', on: false };

describe('peek', () => {
  it('finds what is at a path', () => {
    expect(peek(value, ['cpu', 'cores', 1])).toBe(1);
    expect(peek(value, [])).toBe(value);
  });

  it.each([[['cpu', 'cores', 2]], [['cpu', 'x', 'y']], [['toString']], [['cpu', 'cores', 0, 'deep']]])(
    'finds nothing at %o',
    (path) => {
      expect(peek(value, path)).toBeUndefined();
    },
  );

  it('finds only what has the wanted type', () => {
    expect(peekNumber(value, ['big'])).toBe(2 ** 60);
    expect(peekNumber(value, ['at'])).toBeNull();
    expect(peekNumber(Number.POSITIVE_INFINITY, [])).toBeNull();
    expect(peekText(value, ['on'])).toBe('false');
    expect(peekText(value, ['cpu'])).toBe('');
    expect(peekItems(value, ['cpu', 'cores'])).toEqual([0.5, 1]);
    expect(peekItems(value, ['cpu'])).toEqual([]);
    expect(peekTime(value, ['at'])).toBe(1_000);
    expect(peekTime(5, [])).toBe(5);
  });
});
