import { describe, expect, it } from 'vitest';
import { progressLine } from '../../src/view/progress-line.js';

describe('progressLine', () => {
  it('draws a bar where the total is known', () => {
    const line = progressLine({ topic: 'rows', pos: 1_500, total: 3_000, item: 'a' });
    expect(line).toBe(`rows  ${'█'.repeat(12)}${'░'.repeat(12)}  50%  1,500 / 3,000  a`);
  });

  it('fills the bar and no more', () => {
    expect(progressLine({ topic: 't', pos: 9, total: 3 })).toContain(`${'█'.repeat(24)}  100%`);
    expect(progressLine({ topic: 't', pos: 0, total: 3 })).toContain(`${'░'.repeat(24)}  0%`);
  });

  it('counts where there is no total', () => {
    expect(progressLine({ topic: 'rows', pos: 1_500, total: 0, label: 'rows' })).toBe('rows  1,500 rows');
  });

  it.each([
    [10, 0, '10 bytes'],
    [1_536, 0, '1.5 KiB'],
    [0, 2 ** 30, '0.0 / 1.0 GiB'],
    [2 ** 20, 2 ** 21, '1.0 / 2.0 MiB'],
  ])('writes %i of %i bytes in the unit of the larger', (pos, total, text) => {
    expect(progressLine({ topic: 't', pos, total, label: 'bytes' })).toMatch(new RegExp(`${text}$`));
  });

  it('shows nothing that a terminal would obey', () => {
    expect(progressLine({ topic: 'a\u001b[2J', pos: 1, total: 0, item: 'b\nc' })).toBe('a\\x1b[2J  1  b c');
  });
});
