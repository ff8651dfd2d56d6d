import { describe, expect, it } from 'vitest';
import { ENCODING_NAMES, parseEncodings } from '../../src/parse/encodings.js';

const names = (text: string): string[] => parseEncodings(text).map(({ name }) => name);

describe('--encoding', () => {
  it('knows zlib and identity on every platform', () => {
    expect(ENCODING_NAMES).toContain('zlib');
    expect(ENCODING_NAMES.at(-1)).toBe('identity');
  });

  it('names the codecs in their order; identity has none', () => {
    expect(names('zlib')).toEqual(['zlib']);
    expect(names(' zlib , identity')).toEqual(['zlib']);
    expect(names('identity')).toEqual([]);
    expect(names(ENCODING_NAMES.join(','))).toEqual(ENCODING_NAMES.slice(0, -1));
  });

  it.each(['', 'gzip', 'zlib,'])('refuses "%s", and says what there is', (text) => {
    expect(() => parseEncodings(text)).toThrow(/choose some of .*zlib, identity/);
  });
});
