import { describe, expect, it } from 'vitest';
import { type ByteRange, decodeOne, rangeOf } from '../../src/cbor/index.js';
import { ByteQueue } from '../../src/flow/byte-queue.js';
import { precompressed } from '../../src/flow/precompressed.js';
import { FrameBatch } from '../../src/frame/batch.js';
import { parseProgress } from '../../src/message/progress.js';
import { ValueQueue } from '../../src/reactor/value-queue.js';

const bytes = (length: number, fill = 0): ByteRange => rangeOf(new Uint8Array(length).fill(fill));
/** Bytes marked as compressed. */
const packed = (length: number, fill: number): ByteRange => rangeOf(precompressed(new Uint8Array(length).fill(fill)));

/** How many were dropped, as the other side is told. */
function told(queue: ValueQueue): number | undefined {
  const decoded = decodeOne(queue.takeNews(), { depth: 8, items: 8, bytes: 64 });
  return decoded.ok ? parseProgress(decoded.value)?.pos : undefined;
}

/** A queue with values of one byte each. */
function queueOf(keep: number, ...values: number[]): ValueQueue {
  const queue = new ValueQueue({ fails: false, keep });
  for (const value of values) queue.push(bytes(1, value));
  return queue;
}

/** All bytes of a queue. */
function contentOf(queue: ByteQueue): number[] {
  const count = queue.size;
  const batch = new FrameBatch();
  batch.begin(count, 1, 3, 0, 3, 1);
  queue.writeTo(batch, count);
  return [...Buffer.concat(batch.take())].slice(8);
}

function moved(queue: ValueQueue, most = Number.POSITIVE_INFINITY): number[] {
  const out = new ByteQueue();
  queue.moveTo(out, most);
  return contentOf(out);
}

describe('SPEC 8.11.17 values that may be dropped', () => {
  it('are the newest, as many as are kept', () => {
    const queue = queueOf(3, 1, 2, 3, 4, 5);
    expect([queue.count, queue.size, queue.full, queue.drained, told(queue)]).toEqual([3, 3, true, false, 2]);
    expect(moved(queue)).toEqual([3, 4, 5]);
    expect([queue.count, queue.size, queue.full, queue.drained]).toEqual([0, 0, false, true]);
  });

  it('SPEC 9.1.31 keep their order past what is cleared away at once', () => {
    const keep = 65_536;
    const queue = new ValueQueue({ fails: false, keep });
    for (let value = 0; value < 100_000; value++) queue.push(bytes(1, value));
    expect([queue.count, told(queue)]).toEqual([keep, 34_464]);
    const out = new ByteQueue();
    for (let room = 1; queue.count > 0; room++) queue.moveTo(out, room);
    expect(contentOf(out)).toEqual(Array.from({ length: keep }, (_, at) => (at + 34_464) & 0xff));
  });

  it('go into a frame as far as they fit, and alone where they do not', () => {
    const queue = new ValueQueue({ fails: false, keep: 9 });
    for (const length of [4, 5, 20, 2]) queue.push(bytes(length - 1, length), bytes(1, length));
    const out = new ByteQueue();
    queue.moveTo(out, 9);
    expect([out.size, queue.count]).toEqual([9, 2]);
    queue.moveTo(out, 10);
    expect([out.size, queue.count]).toEqual([9, 2]);
    contentOf(out);
    queue.moveTo(out, 10);
    expect([out.size, queue.count]).toEqual([20, 1]);
    queue.moveTo(out, 22);
    expect([out.size, queue.count]).toEqual([22, 0]);
  });

  it('SPEC 4.12 share no frame with those that are compressed already', () => {
    const queue = new ValueQueue({ fails: false, keep: 9 });
    queue.push(bytes(1, 1));
    queue.push(bytes(3, 2), packed(5_000, 7));
    queue.push(bytes(1, 3));
    queue.push(packed(5_000, 4));
    const out = new ByteQueue();
    queue.moveTo(out, 100_000);
    expect([out.size, queue.count]).toEqual([1, 3]);
    contentOf(out);
    queue.moveTo(out, 100_000);
    expect([out.size, queue.count, out.compressed]).toEqual([5_003, 2, false]);
    contentOf(out);
    queue.moveTo(out, 100_000);
    expect([out.size, queue.count]).toEqual([1, 1]);
    contentOf(out);
    queue.moveTo(out, 100_000);
    expect([out.size, queue.count, out.compressed]).toEqual([5_000, 0, true]);
  });

  it('SPEC 8.11.20 can be kept for good, all of them', () => {
    const queue = queueOf(3, 1, 2, 3);
    const out = new ByteQueue();
    queue.moveAll(out);
    queue.push(bytes(1, 4));
    expect([contentOf(out), queue.count, queue.hasNews(true)]).toEqual([[1, 2, 3], 1, false]);
  });

  it('SPEC 8.11.21 have news of drops once before each move, and before the end', () => {
    const queue = queueOf(1, 1);
    expect(queue.hasNews(true)).toBe(false);
    queue.push(bytes(1, 2));
    expect(queue.hasNews(false)).toBe(true);
    expect(told(queue)).toBe(1);
    queue.push(bytes(1, 3));
    expect([queue.hasNews(false), queue.hasNews(true)]).toEqual([false, true]);
    moved(queue);
    expect(queue.hasNews(false)).toBe(true);
    expect(told(queue)).toBe(2);
    moved(queue);
    expect(queue.hasNews(true)).toBe(false);
  });

  it('SPEC 8.12.5 do not count as dropped when they are cleared', () => {
    const queue = queueOf(2, 1, 2);
    queue.clear();
    expect([queue.count, queue.size, queue.hasNews(true)]).toEqual([0, 0, false]);
  });
});
