import { describe, expect, it } from 'vitest';
import { asFields, asInteger, asProse, asText, cutText, field, isFields, isUint } from '../../src/message/fields.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('SPEC 3.1.8 fields of decoded maps', () => {
  it('are those of plain objects, never something inherited', () => {
    expect(isFields({ a: 1 })).toBe(true);
    expect(field({ a: 1 }, 'a')).toBe(1);
    expect(field({}, 'toString')).toBeUndefined();
    expect(field({}, '__proto__', 'absent')).toBe('absent');
    expect(field({ a: undefined }, 'a', 'absent')).toBeUndefined();
  });

  it('are the keys of a Map that are text', () => {
    const map = new Map<unknown, unknown>([
      ['a', 1],
      [bytes(0x62), 2],
      [bytes(0xff), 3],
      [7, 4],
      ['__proto__', 5],
    ]);
    const fields = asFields(map);
    expect(Object.entries(fields ?? {})).toEqual([
      ['a', 1],
      ['b', 2],
      ['__proto__', 5],
    ]);
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
  });

  it.each([[], bytes(1), new Set(), null, undefined, 7, 'text', new Date(0)])('are not in %s', (value) => {
    expect(isFields(value)).toBe(false);
    expect(asFields(value)).toBeUndefined();
  });

  it('SPEC 3.1.2 reads names from bstr and tstr', () => {
    expect(asText('a')).toBe('a');
    expect(asText(bytes(0xc3, 0xa4))).toBe('ä');
    expect(asText(bytes(0xff))).toBeUndefined();
    expect(asText(7)).toBeUndefined();
  });

  it('SPEC 3.6.1 reads prose whatever its bytes', () => {
    expect(asProse(bytes(0x61, 0xff))).toBe('a\ufffd');
    expect(asProse('a')).toBe('a');
    expect(asProse(null)).toBeUndefined();
  });

  it('tells integers', () => {
    expect(asInteger(5)).toBe(5);
    expect(asInteger(2n ** 63n)).toBe(2 ** 63);
    expect(asInteger(1.5)).toBeUndefined();
    expect(asInteger('5')).toBeUndefined();
    expect(isUint(5, 5, 5)).toBe(true);
    expect(isUint(4, 5, 6)).toBe(false);
    expect(isUint(7, 5, 6)).toBe(false);
    expect(isUint(5n, 0, 9)).toBe(false);
  });

  it.each([
    ['abc', 3, 'abc'],
    ['abc', 2, 'ab'],
    ['äb', 2, 'ä'],
    ['äb', 1, ''],
    ['€', 2, ''],
    ['\u{1f600}x', 4, '\u{1f600}'],
    ['\u{1f600}x', 3, ''],
  ])('SPEC 3.5.3 cuts %s to %s bytes as %s', (text, most, cut) => {
    expect(cutText(text, most)).toBe(cut);
  });
});
