import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LITERAL_DEPTH, parseLiteral } from '../../src/frame/cbor-literal.js';
import { printLiteral } from '../../src/frame/cbor-literal-print.js';
import { TextFormError } from '../../src/frame/text-payload.js';
import { fromHex, toHex, vectors } from './vectors.js';

function parseHex(text: string): string {
  return toHex(parseLiteral(text, 0));
}

function entriesOf(map: Record<string, string>): string {
  return Object.entries(map)
    .map(([key, item]) => `b'${key}': ${item}`)
    .join();
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('SPEC 6.7 cbor: literals', () => {
  const both: [literal: string, hex: string][] = [
    ['0', '00'],
    ['23', '17'],
    ['24', '1818'],
    ['255', '18ff'],
    ['256', '190100'],
    ['65536', '1a00010000'],
    ['4294967296', '1b0000000100000000'],
    ['18446744073709551615', '1bffffffffffffffff'],
    ['-1', '20'],
    ['-18446744073709551616', '3bffffffffffffffff'],
    ['1.5', 'fb3ff8000000000000'],
    ['-0.0', 'fb8000000000000000'],
    ['1.0', 'fb3ff0000000000000'],
    ['1e+300', 'fb7e37e43c8800759c'],
    ['5e-324', 'fb0000000000000001'],
    ['True', 'f5'],
    ['False', 'f4'],
    ['None', 'f6'],
    ["b''", '40'],
    ["b'a\\xff\\''", '4361ff27'],
    ["'é\\n'", '63c3a90a'],
    ['[]', '80'],
    ["[1, [b'x'], {}]", '8301814178a0'],
    [
      "{b'args': {b'every': 1000}, b'name': b'host.metrics'}",
      'a24461726773a14565766572791903e8446e616d654c686f73742e6d657472696373',
    ],
    ["{1.5: 1, 2: 1, b'a': 1}", 'a3fb3ff8000000000000010201416101'],
    [
      "{-1: 1, 2: 1, b'': 1, b'b': 1, 'b': 1, b'ba': 1, 'c': 1, [1]: 1, False: 1}",
      'a920010201400141620161620142626101616301810101f401',
    ],
  ];

  it.each(both)('%s is %s, both ways', (literal, hex) => {
    expect(parseHex(literal)).toBe(hex);
    expect(printLiteral(fromHex(hex))).toBe(literal);
  });

  it.each([
    ['  [ 1 ,2, ] ', '820102'],
    ["{b'b':1,b'a':2,}", 'a2416102416201'],
    ['b"\'" ', '4127'],
    ['"\\x41\\u2713"', '6441e29c93'],
    ['-0', '00'],
    ['.5', 'fb3fe0000000000000'],
    ['2.', 'fb4000000000000000'],
    ['-2E3', 'fbc09f400000000000'],
    ["{'b': 1, b'a': 2}", 'a2416102616201'],
  ])('%s is %s, one way', (literal, hex) => {
    expect(parseHex(literal)).toBe(hex);
  });

  it('SPEC 6.9 sorts keys by content, not by length first', () => {
    expect(parseHex("{b'b': 0, b'aa': 0}")).toBe('a242616100416200');
  });

  it.each([
    ['', 0],
    ['[1', 2],
    ['[1 2]', 3],
    ['{1}', 2],
    ['{1: }', 4],
    ["'abc", 0],
    ["b'a\\'", 1],
    ['b1', 1],
    ['1 1', 2],
    ['true', 0],
    ['Nono', 0],
    ['18446744073709551616', 0],
    ['-18446744073709551617', 0],
    ['0000000000000000000000', 0],
    ['1e999', 0],
    ["{b'a': 1, b'a': 2}", 10],
    ['{1: 1, 1: 1}', 7],
    ['+1', 0],
    ["['\\ud800']", 2],
  ])('refuses %s at %i', (text, offset) => {
    expect(() => parseLiteral(text, 0)).toThrow(TextFormError);
    try {
      parseLiteral(text, 0);
    } catch (error) {
      expect((error as TextFormError).offset).toBe(offset);
    }
  });

  it('SPEC 6.8 bounds the depth, both ways', () => {
    const deepest = parseLiteral(nested(LITERAL_DEPTH), 0);
    expect(printLiteral(deepest)).toBe(nested(LITERAL_DEPTH));
    expect(() => parseLiteral(nested(LITERAL_DEPTH + 1), 0)).toThrow(TextFormError);
    expect(() => parseLiteral('['.repeat(1_000_000), 0)).toThrow(TextFormError);
    expect(printLiteral(fromHex(`${'81'.repeat(LITERAL_DEPTH)}80`))).toBeUndefined();
  });

  it.each([
    ['', 'nothing'],
    ['18', 'a cut head'],
    ['1801', 'a long form'],
    ['f93c00', 'a half float'],
    ['fb7ff8000000000000', 'a NaN'],
    ['f7', 'undefined'],
    ['c101', 'a tag'],
    ['9fff', 'an indefinite length'],
    ['9bffffffffffffffff', 'a length without items'],
    ['bbffffffffffffffff', 'a length without entries'],
    ['5bffffffffffffffff', 'a length without bytes'],
    ['61ff', 'text that is not UTF-8'],
    ['a2416201416101', 'keys out of order'],
    ['a2416101416101', 'a key twice'],
    ['0000', 'two items'],
  ])('prints no literal for %s: %s', (hex) => {
    expect(printLiteral(fromHex(hex))).toBeUndefined();
  });

  it('SPEC 6.11 prints the request maps of the reference, which sorts keys so', () => {
    const rows = vectors<{ dialect: string; args: string }>('requests.jsonl');
    for (const { args } of rows) expect(parseHex(printLiteral(fromHex(args)) ?? 'no literal')).toBe(args);
  });

  it('prints what it parses, for any value', () => {
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }).map(String),
        fc.constantFrom('True', 'False', 'None', '1.5', '-1e+100'),
        fc.string({ unit: 'grapheme' }).map((text) => `'${text.replace(/[\\']/g, '\\$&')}'`),
        fc
          .uint8Array({ maxLength: 9 })
          .map((bytes) => `b'${[...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`),
        fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join()}]`),
        fc
          .dictionary(fc.string({ unit: fc.constantFrom('a', 'b', 'c') }), tie('value'), { maxKeys: 4 })
          .map((map) => `{${entriesOf(map)}}`),
      ),
    }));
    fc.assert(
      fc.property(value, (literal) => {
        const bytes = parseLiteral(literal, 0);
        expect(toHex(parseLiteral(printLiteral(bytes) ?? '', 0))).toBe(toHex(bytes));
      }),
    );
  });
});
