import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeOf } from '../../src/cbor/index.js';
import { FrameQueue } from '../../src/flow/frame-queue.js';

/** What a queue gives when it is cut into frames of at most `most` bytes: flags and bytes of each. */
function frames(queue: FrameQueue, most: number): [flags: number, bytes: number[]][] {
  const cut: [number, number[]][] = [];
  while (queue.size > 0) {
    const { flags } = queue;
    const bytes: number[] = [];
    queue.writeTo({ write: (from, start, end) => bytes.push(...from.subarray(start, end)) }, queue.nextCut(most));
    cut.push([flags, bytes]);
  }
  return cut;
}

function filled(...chunks: readonly [flags: number, ...bytes: number[]][]): FrameQueue {
  const queue = new FrameQueue();
  for (const [flags, ...bytes] of chunks) queue.push(rangeOf(Uint8Array.from(bytes)), false, false, flags);
  return queue;
}

describe('SPEC 3.4.12, 3.4.13 values that frames end', () => {
  it('are in frames of their own, and in several where one is too short', () => {
    expect(frames(filled([0, 1, 2], [0, 3], [0, 4, 5, 6]), 2)).toEqual([
      [0, [1, 2]],
      [0, [3]],
      [0, [4, 5]],
      [0, [6]],
    ]);
  });

  it('share frames while they have flags, whole where they fit', () => {
    expect(frames(filled([4, 1], [4, 2, 3], [4, 4], [0, 5], [4, 6]), 3)).toEqual([
      [4, [1, 2, 3]],
      [4, [4]],
      [0, [5]],
      [4, [6]],
    ]);
    expect(frames(filled([4, 1], [4, 2, 3, 4]), 3)).toEqual([
      [4, [1]],
      [4, [2, 3, 4]],
    ]);
    expect(frames(filled([4, 1, 2, 3, 4], [4, 5]), 3)).toEqual([
      [4, [1, 2, 3]],
      [4, [4, 5]],
    ]);
  });

  it('say when the next frame is better left whole', () => {
    const queue = filled([0, 1, 2, 3]);
    expect([2, 3, 4].map((most) => queue.nextWhole(most))).toEqual([0, 3, 3]);
    expect(filled([4, 1, 2, 3]).nextWhole(3)).toBe(0);
  });

  it('are forgotten when the answer is given up, and add nothing when they are empty', () => {
    expect(frames(filled([4], [0, 1]), 9)).toEqual([[0, [1]]]);
    const queue = filled([0, 1], [0], [4]);
    expect(queue.size).toBe(1);
    queue.clear();
    expect([queue.size, queue.flags, queue.nextCut(9)]).toEqual([0, 0, 0]);
  });

  it('come out as they went in, however they are cut', () => {
    const chunk = fc.tuple(fc.constantFrom(0, 4), fc.uint8Array({ minLength: 1, maxLength: 20 }));
    fc.assert(
      fc.property(fc.array(chunk), fc.integer({ min: 1, max: 30 }), (chunks, most) => {
        const queue = new FrameQueue();
        for (const [flags, bytes] of chunks) queue.push(rangeOf(bytes), false, false, flags);
        const cut = frames(queue, most);
        for (const flags of [0, 4]) {
          const given = chunks.filter(([own]) => own === flags).flatMap(([, bytes]) => [...bytes]);
          expect(cut.filter(([own]) => own === flags).flatMap(([, bytes]) => bytes)).toEqual(given);
        }
        expect(cut.every(([, bytes]) => bytes.length > 0 && bytes.length <= most)).toBe(true);
      }),
    );
  });
});
