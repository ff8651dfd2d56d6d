import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeReason, joined, sizeOf } from '../../src/transport/socket.js';

describe('the reason of a close (RFC 6455 section 5.5)', () => {
  it.each([
    ['', ''],
    ['why', 'why'],
    ['x'.repeat(123), 'x'.repeat(123)],
    ['x'.repeat(124), 'x'.repeat(123)],
    ['é'.repeat(62), 'é'.repeat(61)],
    [`x${'😀'.repeat(31)}`, `x${'😀'.repeat(30)}`],
  ])('%s becomes %s', (reason, cut) => {
    expect(closeReason(reason)).toBe(cut);
  });

  it('is always a start of what was given, in 123 bytes at most', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (reason) => {
        const cut = closeReason(reason);
        expect(reason.startsWith(cut)).toBe(true);
        expect(new TextEncoder().encode(cut).length).toBeLessThanOrEqual(123);
      }),
    );
  });
});

describe('chunks', () => {
  it('are joined in order', () => {
    const chunks = [new Uint8Array([1]), new Uint8Array(0), new Uint8Array([2, 3])];
    expect(sizeOf(chunks)).toBe(3);
    expect(joined(chunks, 3)).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('are not copied where there is one', () => {
    const chunk = new Uint8Array([1]);
    expect(joined([chunk], 1)).toBe(chunk);
  });
});
