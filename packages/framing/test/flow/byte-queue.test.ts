import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteRange, rangeOf } from '../../src/cbor/index.js';
import { ByteQueue } from '../../src/flow/byte-queue.js';
import { FrameBatch } from '../../src/frame/batch.js';

/** Takes bytes out as the payload of a frame. */
function take(queue: ByteQueue, count: number): number[] {
  const batch = new FrameBatch();
  batch.begin(count, 1, 3, 0, 3, 1);
  queue.writeTo(batch, count);
  return [...Buffer.concat(batch.take())].slice(8);
}

const bytes = (...values: number[]): ByteRange => rangeOf(Uint8Array.from(values));

describe('ByteQueue', () => {
  it('gives bytes in order, cut anywhere', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(50)), (pushed, cuts) => {
        const queue = new ByteQueue();
        for (const piece of pushed) queue.push(rangeOf(piece));
        const expected = [...Buffer.concat(pushed)];
        const taken: number[] = [];
        for (const cut of [...cuts, queue.size]) taken.push(...take(queue, Math.min(cut, queue.size)));
        expect(taken).toEqual(expected);
        expect(queue.size).toBe(0);
      }),
    );
  });

  it('gives bytes in order when they come while others go, thousands of them', () => {
    const queue = new ByteQueue();
    const taken: number[] = [];
    for (let count = 0; count < 5_000; count++) {
      queue.push(bytes(count, count + 1));
      if (count > 1_500) taken.push(...take(queue, 2));
    }
    taken.push(...take(queue, queue.size));
    expect(taken).toEqual(Array.from({ length: 10_000 }, (_, at) => ((at >> 1) + (at & 1)) & 0xff));
  });

  it('SPEC 3.4.7 cuts between values where it can', () => {
    const queue = new ByteQueue();
    queue.push(bytes(1, 1, 1));
    queue.push(bytes(2, 2, 2));
    queue.push(bytes(3, 3, 3));
    expect([9, 8, 6, 5, 3, 2].map((most) => queue.nextCut(most))).toEqual([9, 6, 6, 3, 3, 2]);
    take(queue, 1);
    expect([8, 7, 5, 4, 2, 1].map((most) => queue.nextCut(most))).toEqual([8, 5, 5, 2, 2, 1]);
  });

  it('SPEC 3.4.7 does not cut behind the first part of a value', () => {
    const queue = new ByteQueue();
    queue.push(bytes(1));
    queue.push(bytes(2), true);
    queue.push(bytes(3, 3, 3));
    expect([5, 4, 2, 1].map((most) => queue.nextCut(most))).toEqual([5, 1, 1, 1]);
    take(queue, 1);
    expect([4, 3, 1].map((most) => queue.nextCut(most))).toEqual([4, 3, 1]);
  });

  it('SPEC 3.4.7 tells how long a value is that fits whole, if nothing of it has gone', () => {
    const queue = new ByteQueue();
    expect(queue.nextWhole(9)).toBe(0);
    queue.push(bytes(1), true);
    expect(queue.nextWhole(9)).toBe(0);
    queue.push(bytes(2, 2, 2));
    queue.push(bytes(3));
    expect([3, 4, 9].map((most) => queue.nextWhole(most))).toEqual([0, 4, 4]);
    expect(take(queue, 2)).toEqual([1, 2]);
    expect(queue.nextWhole(9)).toBe(0);
  });

  it('joins what lies side by side in memory, and nothing else', () => {
    const memory = Uint8Array.from({ length: 30 }, (_, at) => at);
    const queue = new ByteQueue();
    queue.push({ bytes: memory, from: 0, to: 10 });
    queue.push({ bytes: memory, from: 10, to: 20 });
    queue.push({ bytes: memory, from: 21, to: 30 });
    expect(queue.nextCut(25)).toBe(20);
    expect(take(queue, 29)).toEqual([...memory.subarray(0, 20), ...memory.subarray(21)]);
  });

  it('SPEC 3.4.7 joins no more than leaves an edge to cut at', () => {
    const memory = new Uint8Array(40_000);
    const queue = new ByteQueue();
    for (let at = 0; at < memory.length; at += 1_000) queue.push({ bytes: memory, from: at, to: at + 1_000 });
    expect(queue.nextCut(17_000)).toBe(16_000);
    expect(queue.nextCut(33_500)).toBe(32_000);
    const even = new ByteQueue();
    for (let at = 0; at < 32_768; at += 1_024) even.push({ bytes: memory, from: at, to: at + 1_024 });
    expect(even.nextCut(17_000)).toBe(16_384);
  });

  it('forgets everything when cleared, and empty pieces at once', () => {
    const queue = new ByteQueue();
    queue.push(bytes());
    expect(queue.size).toBe(0);
    queue.push(bytes(1, 2));
    take(queue, 1);
    queue.clear();
    expect([queue.size, queue.nextCut(10)]).toEqual([0, 0]);
    queue.push(bytes(7));
    expect(take(queue, 1)).toEqual([7]);
  });

  it('SPEC 4.12 keeps what is compressed in frames of its own', () => {
    const chunk = fc.record({ size: fc.nat(30), compressed: fc.boolean(), joined: fc.boolean() });
    fc.assert(
      fc.property(fc.array(chunk), fc.integer({ min: 1, max: 40 }), (chunks, most) => {
        const queue = new ByteQueue();
        const expected: boolean[] = [];
        for (const { size, compressed, joined } of chunks) {
          // Each byte says whether it is.
          queue.push(rangeOf(new Uint8Array(size).fill(compressed ? 1 : 0)), joined, compressed);
          for (let at = 0; at < size; at++) expected.push(compressed);
        }
        const taken: boolean[] = [];
        while (queue.size > 0) {
          const { compressed } = queue;
          const cut = queue.nextCut(most);
          expect(cut).toBeGreaterThan(0);
          expect(cut).toBeLessThanOrEqual(most);
          const got = take(queue, cut).map((byte) => byte === 1);
          expect(new Set(got)).toEqual(new Set([compressed]));
          taken.push(...got);
        }
        expect(taken).toEqual(expected);
        expect(queue.compressed).toBe(false);
      }),
    );
  });

  it('SPEC 4.12 puts as many that are compressed into a frame as fit, and then cuts between values again', () => {
    const queue = new ByteQueue();
    queue.push(bytes(1, 1), false, true);
    queue.push(bytes(2, 2), false, true);
    queue.push(bytes(3, 3, 3));
    queue.push(bytes(4, 4, 4));
    expect([2, 3, 4, 9].map((most) => queue.nextCut(most))).toEqual([2, 3, 4, 4]);
    take(queue, 4);
    expect([3, 4, 5, 6].map((most) => queue.nextCut(most))).toEqual([3, 3, 3, 6]);
  });

  it('forgets what was compressed with the rest', () => {
    const queue = new ByteQueue();
    queue.push(bytes(1, 2), false, true);
    queue.clear();
    queue.push(bytes(3, 4));
    expect([queue.compressed, queue.nextCut(9), take(queue, 2)]).toEqual([false, 2, [3, 4]]);
  });
});
