import { describe, expect, it } from 'vitest';
import { formatAgo, formatClock, formatDuration, formatRunTime } from '../../src/format/time.js';

describe('formatDuration', () => {
  it.each([
    [-5, '0 s'],
    [8_999, '8 s'],
    [60_000, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
    [356_400_000, '4 d 3 h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatRunTime', () => {
  it.each([
    [-1, '0 ms'],
    [34.4, '34 ms'],
    [1_290, '1.2 s'],
    [9_990, '9.9 s'],
    [10_400, '10 s'],
    [61_000, '1 min 01 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatRunTime(ms)).toBe(text);
  });
});

describe('moments', () => {
  it('says how long ago', () => {
    expect(formatAgo(12_400)).toBe('12 s ago');
  });

  it('writes the time of day with seconds', () => {
    expect(formatClock(Date.now())).toMatch(/^\d{2}:\d{2}:\d{2}$/);
  });
});
