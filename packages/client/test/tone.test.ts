import { describe, expect, it } from 'vitest';
import { toneOf } from '../src/tone.js';

describe('toneOf', () => {
  it.each([
    [[], 'plain'],
    [['count'], 'plain'],
    [['error'], 'error'],
    [['disk.warning'], 'warning'],
    [['count', 'success', 'error'], 'success'],
    [['a.note'], 'note'],
    [['wiremux.dropped'], 'note'],
    [['error.code', ''], 'plain'],
    [['errors', 'Error'], 'plain'],
  ])('%j is %s', (labels, tone) => {
    expect(toneOf(labels)).toBe(tone);
  });
});
