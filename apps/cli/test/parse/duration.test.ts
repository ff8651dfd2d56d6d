import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/parse/duration.js';

describe('parseDuration', () => {
  it.each([
    ['1', 1],
    ['250', 250],
    ['250ms', 250],
    ['5s', 5_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['0.4s', 400],
    ['2147483647', 2_147_483_647],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '0', '0s', '-5', '5 s', '5d', 's', '1e3', '2147483648', 'NaN', '.5s'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
