import { describe, expect, it } from 'vitest';
import { PREVIEW_LENGTH, preview } from '../../src/format/preview.js';

describe('preview', () => {
  it('writes small values whole, in the JSON form', () => {
    expect(preview({ a: 1n, b: new Uint8Array([1]) })).toBe('{"a": {"$int": "1"}, "b": {"$bytes": "AQ=="}}');
    expect(preview(undefined)).toBe('{"$undefined": true}');
  });

  it('stays JSON that says the same', () => {
    const value = { text: 'a,\n  b: "c"', list: [1, [], {}, [2, 3]] };
    expect(JSON.parse(preview(value))).toEqual(value);
    expect(preview(value)).not.toContain('\n');
  });

  it('cuts long text and says how much is missing', () => {
    const text = preview('x'.repeat(PREVIEW_LENGTH + 998));
    expect(text).toBe(`"${'x'.repeat(PREVIEW_LENGTH - 1)} … 1,000 more characters`);
  });

  it('cuts bytes before it encodes them', () => {
    const text = preview(new Uint8Array(16 * 1024 * 1024));
    expect(text).toMatch(/^\{"\$bytes": "A+"\} … 16\.0 MiB in all$/);
    expect(text.length).toBeLessThan(PREVIEW_LENGTH + 100);
  });
});
