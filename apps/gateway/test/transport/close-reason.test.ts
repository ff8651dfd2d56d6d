import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeReason } from '../../src/transport/close-reason.js';

describe('closeReason', () => {
  it('leaves 123 bytes as they are and cuts the 124th', () => {
    expect(closeReason('a'.repeat(123))).toHaveLength(123);
    expect(closeReason('a'.repeat(124))).toHaveLength(123);
  });

  it('cuts between characters, never inside one', () => {
    expect(closeReason('é'.repeat(62))).toBe('é'.repeat(61));
    expect(closeReason(`${'a'.repeat(120)}😀`)).toBe('a'.repeat(120));
  });

  it('is a prefix of at most 123 bytes, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const cut = closeReason(text);
        expect(text.startsWith(cut)).toBe(true);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(123);
      }),
    );
  });
});
