import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/parse/arguments.js';

const refused = expect.objectContaining({ code: 'usage' });

describe('parseArguments', () => {
  it('gives no arguments for none', () => {
    expect(parseArguments(undefined, [])).toEqual({});
  });

  it.each([
    ['every=500', { every: 500 }],
    ['flag=true', { flag: true }],
    ['name=plain text', { name: 'plain text' }],
    ['name="500"', { name: '500' }],
    ['list=[1,2]', { list: [1, 2] }],
    ['empty=', { empty: '' }],
    ['sum=a=b', { sum: 'a=b' }],
    ['id=007', { id: '007' }],
    ['big=12345678901234567890', { big: 12_345_678_901_234_567_890n }],
    ['big=-9007199254740993', { big: -9_007_199_254_740_993n }],
    ['safe=9007199254740991', { safe: Number.MAX_SAFE_INTEGER }],
    ['bytes={"$bytes":"AQI="}', { bytes: Uint8Array.of(1, 2) }],
    ['$real=1', { $real: 1 }],
  ])('reads --arg %s', (pair, args) => {
    expect(parseArguments(undefined, [pair])).toEqual(args);
  });

  it('reads --args in JSON form, and lets --arg win, the last one most', () => {
    const json = '{"a": 1, "b": {"$float": "NaN"}, "c": {"$$key": 1}}';
    expect(parseArguments(json, ['a=2', 'd=4', 'a=3'])).toEqual({ a: 3, b: Number.NaN, c: { $key: 1 }, d: 4 });
  });

  it('takes __proto__ as a name like any other', () => {
    const args = parseArguments('{"__proto__": 1}', []);
    expect(Object.entries(args)).toEqual([['__proto__', 1]]);
    expect(Object.getPrototypeOf(args)).toBe(Object.prototype);
  });

  it.each(['{', '[]', '1', 'null', '"a"', '{"$bytes":"AQI="}', '{"a":{"$int":1}}'])('refuses --args %s', (json) => {
    expect(() => parseArguments(json, [])).toThrow(refused);
  });

  it.each(['', 'a', '=1', 'a={"$bytes":"?"}'])('refuses --arg "%s"', (pair) => {
    expect(() => parseArguments(undefined, [pair])).toThrow(refused);
  });
});
