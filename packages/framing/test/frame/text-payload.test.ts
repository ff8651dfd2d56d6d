import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEscapes, printEscapes, TextFormError } from '../../src/frame/text-payload.js';
import { fromHex, toHex } from './vectors.js';

function bytes(text: string): string {
  return toHex(parseEscapes(text, 0, text.length, 'byte'));
}

function content(text: string): string {
  return new TextDecoder().decode(parseEscapes(text, 0, text.length, 'code-point'));
}

describe('SPEC 6.5 escapes of bytes', () => {
  it('reads the named ones', () => {
    expect(bytes('\\a\\b\\f\\n\\r\\t\\v\\\\\\\'\\"')).toBe('07080c0a0d090b5c2722');
  });

  it('reads one to three octal digits, and keeps the low 8 bits', () => {
    expect(bytes('\\0\\12\\101\\1011\\8\\18\\777')).toBe('000a4141315c380138ff');
  });

  it('reads two hex digits', () => {
    expect(bytes('\\x00\\xfF\\x411')).toBe('00ff4131');
  });

  it('keeps the backslash of any other', () => {
    expect(bytes('\\q\\u1234\\é\\ ')).toBe(toHex(new TextEncoder().encode('\\q\\u1234\\é\\ ')));
    expect(bytes('\\\n')).toBe('5c0a');
  });

  it.each(['\\', 'a\\', '\\x', '\\x1', '\\xg1', '\\x1g', '\\x 1'])('refuses %j', (text) => {
    expect(() => bytes(text)).toThrow(TextFormError);
  });
});

describe('SPEC 6.6 literal text', () => {
  it('is UTF-8', () => {
    expect(bytes('aé✓😀')).toBe('61c3a9e29c93f09f9880');
  });

  it.each(['\ud800', '\udc00', 'a\ud83dx'])('refuses the lone surrogate in %j', (text) => {
    expect(() => bytes(text)).toThrow(TextFormError);
  });
});

describe('SPEC 6.7 escapes of text strings', () => {
  it('name code points', () => {
    expect(content('\\xe9\\351\\u2713\\U0001f600\\n')).toBe('éé✓😀\n');
  });

  it.each(['\\ud800', '\\U00110000', '\\u12', '\\U0001f60', '\\ud83d\\ude00'])('refuses %j', (text) => {
    expect(() => content(text)).toThrow(TextFormError);
  });
});

describe('SPEC 6.10 printed escapes', () => {
  it.each([
    ['61c3a9', 'aé'],
    ['c0af', '\\xc0\\xaf'],
    ['e0809f', '\\xe0\\x80\\x9f'],
    ['eda080', '\\xed\\xa0\\x80'],
    ['f4908080', '\\xf4\\x90\\x80\\x80'],
    ['f09f98', '\\xf0\\x9f\\x98'],
    ['c3c3a9', '\\xc3é'],
    ['f5', '\\xf5'],
    ['c328', '\\xc3('],
  ])('%s prints as %s', (hex, text) => {
    expect(printEscapes(fromHex(hex), 'byte')).toBe(text);
  });

  it('has no text for code points where bytes are not UTF-8', () => {
    expect(printEscapes(fromHex('ff'), 'code-point')).toBeUndefined();
    expect(printEscapes(new TextEncoder().encode('\u0001\u0085\u202e\u{e0001}'), 'code-point')).toBe(
      '\\x01\\x85\\u202e\\U000e0001',
    );
  });

  it('gives the same bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (input) => {
        expect(bytes(printEscapes(input, 'byte', "'"))).toBe(toHex(input));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (input) => {
        expect(content(printEscapes(new TextEncoder().encode(input), 'code-point', "'") ?? '')).toBe(input);
      }),
    );
  });
});
