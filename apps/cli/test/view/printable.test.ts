import { describe, expect, it } from 'vitest';
import { jsonLine, prettyJson, printable } from '../../src/view/printable.js';

describe('printable', () => {
  it('keeps text, tabs and line feeds, and shows what a terminal would obey', () => {
    expect(printable('zwölf\tµ\n\u001b[2J\u0007\u009b1m\u007f')).toBe('zwölf\tµ\n\\x1b[2J\\x07\\x9b1m\\x7f');
  });
});

describe('jsonLine', () => {
  it('prints the JSON form', () => {
    expect(jsonLine({ a: [1, null, 'x'], b: Uint8Array.of(1) })).toBe('{"a":[1,null,"x"],"b":{"$bytes":"AQ=="}}');
  });

  it('prints no control character, and still what JSON reads', () => {
    const text = '\u0000\u001b\u007f\u009b\n';
    const line = jsonLine(text);
    expect(line).toBe('"\\u0000\\u001b\\u007f\\u009b\\n"');
    expect(JSON.parse(line)).toBe(text);
  });
});

describe('prettyJson', () => {
  it('keeps on one line what fits', () => {
    expect(prettyJson({ a: [1, 2] }, 11)).toBe('{"a":[1,2]}');
  });

  it('breaks what does not fit, level by level', () => {
    expect(prettyJson({ a: [1, 2], b: { c: 'long text' } }, 16)).toBe(
      ['{', '  "a": [1,2],', '  "b": {', '    "c": "long text"', '  }', '}'].join('\n'),
    );
    expect(prettyJson([1, [2]], 3)).toBe(['[', '  1,', '  [', '    2', '  ]', ']'].join('\n'));
  });

  it('reads back as the same JSON at any width', () => {
    const value = { list: [1, [2, { deep: [] }]], 'a "key"': null, empty: {} };
    for (let width = 0; width < 80; width += 1) expect(JSON.parse(prettyJson(value, width))).toEqual(value);
  });
});
