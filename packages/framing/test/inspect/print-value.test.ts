import { describe, expect, it } from 'vitest';
import { parseLiteral } from '../../src/frame/cbor-literal.js';
import { decodeOne, printValue } from '../../src/index.js';

const LIMITS = { depth: 64, items: 1_000, bytes: 10_000 };

describe('SPEC 6.7 a value as people read it', () => {
  it.each([
    [null, 'None'],
    [true, 'True'],
    [false, 'False'],
    [-7, '-7'],
    [1.5, '1.5'],
    [2n ** 60n, '1152921504606846976'],
    [undefined, 'undefined'],
    ["it's é\n", "'it\\'s é\\n'"],
    [Uint8Array.of(0x61, 0x00, 0x27), "b'a\\x00\\''"],
    [[], '[]'],
    [[1, 'a', [null]], "[1, 'a', [None]]"],
    [new Set(['a', 1]), "set(['a', 1])"],
    [{}, '{}'],
    [{ status: Uint8Array.of(0x6f, 0x6b), rows: 2 }, "{'status': b'ok', 'rows': 2}"],
    [
      new Map<unknown, unknown>([
        [1, true],
        ['a', new Map()],
      ]),
      "{1: True, 'a': {}}",
    ],
  ])('of row %# is $1', (value, text) => {
    expect(printValue(value, 100)).toBe(text);
  });

  it('is a literal, where the value has one', () => {
    const literal = "{'a': [1, -2, None, True], 'b': b'\\x00\\xff', 'c': 'é'}";
    const read = decodeOne(parseLiteral(literal, 0), LIMITS);
    expect(read.ok && printValue(read.value, 1_000)).toBe(literal);
  });

  it('is cut after so many characters, wherever they end', () => {
    const value = { rows: [1, 'two', Uint8Array.of(3)], more: new Set([false]) };
    const whole = printValue(value, 1_000);
    for (let most = 0; most < whole.length; most++) expect(printValue(value, most)).toBe(`${whole.slice(0, most)}…`);
    expect(printValue(value, whole.length)).toBe(whole);
  });

  it('reads no more of a value than it shows', () => {
    const read: string[] = [];
    function* numbers(): Generator<number> {
      for (let number = 0; ; number++) {
        read.push('number');
        yield number;
      }
    }
    function* entries(): Generator<[string, number]> {
      for (let number = 0; ; number++) {
        read.push('entry');
        yield ['key', number];
      }
    }
    const endlessSet = Object.assign(new Set<number>(), { [Symbol.iterator]: numbers });
    const endlessMap = Object.assign(new Map<string, number>(), { [Symbol.iterator]: entries });
    expect(printValue(endlessSet, 12)).toBe('set([0, 1, 2…');
    expect(printValue(endlessMap, 12)).toBe("{'key': 0, '…");
    expect(read.length).toBeLessThan(9);
  });
});
