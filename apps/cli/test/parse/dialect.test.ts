import { describe, expect, it } from 'vitest';
import { parseDialect } from '../../src/parse/dialect.js';

describe('SPEC 2.1 parseDialect', () => {
  it.each([
    ['wiremux.1', 'wiremux.1'],
    ['exp-framing-0006', 'exp-framing-0006'],
    ['0006', 'exp-framing-0006'],
    ['0002', 'exp-framing-0002'],
  ])('reads %s', (text, name) => {
    expect(parseDialect(text)).toBe(name);
  });

  it.each(['', '6', '0004', 'wiremux', 'exp-framing-'])('refuses "%s" and lists the known ones', (text) => {
    expect(() => parseDialect(text)).toThrow(/exp-framing-0006, wiremux\.1/);
  });

  it('knows only the names it is given', () => {
    expect(() => parseDialect('0002', ['exp-framing-0006', 'wiremux.1'])).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
