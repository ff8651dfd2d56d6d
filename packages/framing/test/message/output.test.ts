import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOne } from '../../src/index.js';
import { encodeOutput, formatOutput, type OutputAtom, outputAtom, parseOutput } from '../../src/message/output.js';
import { toHex } from '../frame/vectors.js';
import { cbor } from './bytes.js';

const LIMITS = { depth: 64, items: 10_000, bytes: 65_536 };

function read(bytes: Uint8Array): OutputAtom[] | undefined {
  const decoded = decodeOne(bytes, LIMITS);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return parseOutput(decoded.value);
}

const atom = (text: string, args: string[] = [], labels: string[] = []): OutputAtom => ({ text, args, labels });

describe('SPEC 3.6 text output', () => {
  it('SPEC 3.6.1 writes only what there is, in the order of the keys', () => {
    expect(toHex(encodeOutput([atom('a')]))).toBe(toHex(cbor("[{b'msg': b'a'}]")));
    expect(toHex(encodeOutput([atom('%s', ['ü'], ['l', 'm']), atom('')]))).toBe(
      toHex(cbor("[{b'args': [b'ü'], b'labels': [b'l', b'm'], b'msg': b'%s'}, {b'msg': b''}]")),
    );
    expect(toHex(encodeOutput([]))).toBe('80');
  });

  it.each([
    ["[{b'msg': b'a'}]", [atom('a')]],
    ["[{'msg': 'a', 'args': ['b'], 'labels': []}]", [atom('a', ['b'])]],
    ["[{b'msg': b'a', b'later': 1, 7: 8}]", [atom('a')]],
    ["[{b'msg': b'\\xff', b'args': [b'\\xff'], b'labels': [b'\\xff']}]", [atom('\ufffd', ['\ufffd'], ['\ufffd'])]],
    ['[]', []],
  ])('SPEC 3.6.1 reads %s', (literal, atoms) => {
    expect(read(cbor(literal))).toEqual(atoms);
  });

  it.each([
    "b'text'",
    '{}',
    '[[]]',
    "[b'text']",
    '[{}]',
    "[{b'msg': 7}]",
    "[{b'msg': b'a', b'args': b'b'}]",
    "[{b'msg': b'a', b'args': [7]}]",
    "[{b'msg': b'a', b'labels': None}]",
  ])('SPEC 3.6.1 refuses %s', (literal) => {
    expect(read(cbor(literal))).toBeUndefined();
  });

  it.each([
    [[atom('%s of %s', ['1', '2'])], '1 of 2'],
    [[atom('%s of %s', ['1'])], '1 of %s'],
    [[atom('100 %% %d %', ['1'])], '100 % %d %'],
    [[atom('%%s', ['1'])], '%s'],
    [[atom('%s', ['%s'])], '%s'],
    [[atom('a'), atom('%s', ['b']), atom('c')], 'abc'],
    [[], ''],
  ])('SPEC 3.6.2 formats %j as %j', (atoms, text) => {
    expect(formatOutput(atoms)).toBe(text);
  });

  it('SPEC 3.6.2 formats in the language of its reader, who goes by text and labels', () => {
    const atoms = [atom('%s of %s', ['1', '2'], ['count']), atom(' left', [], ['count']), atom(' left', [], ['side'])];
    const german = (given: OutputAtom): string | undefined => {
      if (given.labels.includes('side')) return ' links';
      return { '%s of %s': '%s von %s (100 %%)', ' left': ' übrig' }[given.text];
    };
    expect(formatOutput(atoms, german)).toBe('1 von 2 (100 %) übrig links');
    expect(formatOutput([atom('%s new', ['3'])], german)).toBe('3 new');
  });

  it('SPEC 3.6.1 sends a text that is not ASCII as an argument, and reads the same', () => {
    expect(outputAtom('café %s', ['x'], ['l'])).toEqual(atom('%s', ['café x'], ['l']));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'grapheme' })), (text, args) => {
        const made = outputAtom(text, args);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant.
        expect(made.text).toMatch(/^[\x00-\x7f]*$/);
        expect(formatOutput([made])).toBe(formatOutput([atom(text, args)]));
        expect(read(encodeOutput([made]))).toEqual([made].map((same) => ({ ...same, args: [...same.args] })));
      }),
    );
  });
});
