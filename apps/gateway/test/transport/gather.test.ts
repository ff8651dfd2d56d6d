import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gather, UNCOPIED_BYTES } from '../../src/transport/gather.js';

const small = (size: number) => new Uint8Array(size).fill(size);
const large = new Uint8Array(UNCOPIED_BYTES);

describe('gather', () => {
  it('joins small chunks into one piece', () => {
    expect(gather([small(1), small(2)]).map((piece) => [...piece])).toEqual([[1, 2, 2]]);
  });

  it('passes a large chunk, and a small one that stands alone, uncopied', () => {
    const alone = small(3);
    const pieces = gather([alone, large]);
    expect(pieces[0]).toBe(alone);
    expect(pieces[1]).toBe(large);
  });

  it('copies one byte less than the bound and not the bound itself', () => {
    const below = new Uint8Array(UNCOPIED_BYTES - 1);
    expect(gather([below, small(1)])).toHaveLength(1);
    expect(gather([large, small(1)])).toHaveLength(2);
  });

  it('leaves nothing of nothing', () => {
    expect(gather([])).toEqual([]);
    expect(gather([new Uint8Array(0)])).toEqual([]);
  });

  it('keeps every byte in order, and never puts two small pieces side by side', () => {
    const chunk = fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.constant(large));
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 8 }), (chunks) => {
        const pieces = gather(chunks);
        expect(Buffer.concat(pieces).equals(Buffer.concat(chunks))).toBe(true);
        const isSmall = pieces.map((piece) => piece.length < UNCOPIED_BYTES);
        expect(isSmall.some((value, at) => value && isSmall[at + 1] === true)).toBe(false);
      }),
    );
  });
});
