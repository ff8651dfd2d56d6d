import { describe, expect, it } from 'vitest';
import { codecsOf, ENCODING_NAMES } from '../src/encodings.js';

const names = (encodings: readonly string[]): string[] => codecsOf(encodings).map(({ name }) => name);

describe('the encodings of a gateway', () => {
  it('are zlib everywhere, what else the platform has, and identity last', () => {
    expect(ENCODING_NAMES).toContain('zlib');
    expect(ENCODING_NAMES.at(-1)).toBe('identity');
    expect(names(ENCODING_NAMES)).toEqual(ENCODING_NAMES.slice(0, -1));
  });

  it('are those chosen, in their order; nothing stands behind identity', () => {
    expect(names(['zlib'])).toEqual(['zlib']);
    expect(names(['identity', 'zlib'])).toEqual([]);
    expect(names(['identity'])).toEqual([]);
    expect(names(ENCODING_NAMES.slice(0, -1).reverse())).toEqual(ENCODING_NAMES.slice(0, -1).reverse());
  });
});
