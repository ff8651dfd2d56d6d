import { encodeFrame } from '@wiremux/framing';
import { VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { type BatchEntry, readBatch } from '../../src/tap/batch.js';
import { Feed, MOST_WAITING } from '../../src/tap/feed.js';

const MiB = 1024 * 1024;
const HEAD = 13;
const frame = (length: number): Uint8Array =>
  encodeFrame({ requestId: 1, streamId: 2, streamFlags: 0, type: 2, flags: 2 }, new Uint8Array(length));

class Rig {
  readonly clock = new VirtualClock();
  readonly sent: Uint8Array[] = [];
  ends = 0;
  framesIn = 0;
  readonly feed = new Feed({
    clock: this.clock,
    framesIn: () => this.framesIn,
    send: (batch) => void this.sent.push(batch),
    ended: () => void this.ends++,
  });

  /** What was handed on since the last call. */
  take(): BatchEntry[] {
    return this.sent.splice(0).flatMap((batch) => [...readBatch(batch)]);
  }
}

describe('the feed of a tap', () => {
  it('gathers what passes for 10 ms', async () => {
    const rig = new Rig();
    rig.feed.passed('in', [Uint8Array.of(1)]);
    rig.feed.passed('out', [Uint8Array.of(2), Uint8Array.of(3)]);
    await rig.clock.advance(9);
    expect(rig.sent).toHaveLength(0);
    await rig.clock.advance(1);
    expect(rig.sent).toHaveLength(1);
    expect(rig.take()).toMatchObject([
      { direction: 'in', bytes: Uint8Array.of(1) },
      { direction: 'out', bytes: Uint8Array.of(2, 3) },
    ]);
    await rig.clock.advance(1_000);
    rig.feed.passed('in', [Uint8Array.of(4)]);
    await rig.clock.advance(10);
    expect(rig.take()).toMatchObject([{ bytes: Uint8Array.of(4) }]);
  });

  it('hands on a full batch at once', async () => {
    const rig = new Rig();
    const message = new Uint8Array(5 * 1024);
    for (let count = 0; count < 4; count++) rig.feed.passed('out', [message]);
    expect(rig.take()).toHaveLength(3);
    await rig.clock.advance(10);
    expect(rig.take()).toHaveLength(1);
  });

  it('keeps 2 MiB that wait, counts the frames past them, and keeps again when half are done', async () => {
    const rig = new Rig();
    const most = new Uint8Array(MOST_WAITING - HEAD);
    rig.feed.passed('out', [most]);
    expect(rig.sent).toHaveLength(0);
    rig.feed.passed('out', [frame(3), frame(0)]);
    await rig.clock.advance(10);
    expect(rig.sent.map((batch) => batch.length)).toEqual([MOST_WAITING]);
    rig.take();

    rig.framesIn = 10;
    rig.feed.passed('in', [frame(1).subarray(0, 4)]);
    rig.framesIn = 11;
    rig.feed.described(MiB - 1);
    const big = frame(5_000);
    const joined = Uint8Array.from([...frame(2), ...frame(1)]);
    rig.feed.passed('out', [joined, big.subarray(0, 8), big.subarray(8)]);
    rig.framesIn = 14;
    await rig.clock.advance(10);
    expect(rig.take()).toEqual([]);

    rig.feed.described(1);
    rig.feed.passed('in', [Uint8Array.of(7)]);
    await rig.clock.advance(10);
    expect(rig.take()).toMatchObject([
      { kind: 'gap', direction: 'in', frames: 4 },
      { kind: 'gap', direction: 'out', frames: 5 },
      { kind: 'bytes', direction: 'in' },
    ]);
  });

  it('counts what is in the batch being gathered, and tells of a gap also where nothing follows', async () => {
    const rig = new Rig();
    rig.feed.passed('out', [new Uint8Array(MOST_WAITING - HEAD - 8)]);
    rig.feed.passed('out', [frame(1)]);
    await rig.clock.advance(10);
    rig.take();
    rig.feed.described(MOST_WAITING - 8);
    await rig.clock.advance(10);
    expect(rig.take()).toMatchObject([{ kind: 'gap', direction: 'out', frames: 1 }]);
  });

  it('hands on everything, gaps included, before it says that the connection is gone', async () => {
    const rig = new Rig();
    rig.feed.passed('out', [new Uint8Array(MOST_WAITING - HEAD)]);
    rig.feed.passed('out', [frame(1)]);
    rig.feed.closed();
    expect([rig.take().map(({ kind }) => kind), rig.ends]).toEqual([['bytes', 'gap'], 1]);
    rig.feed.passed('out', [frame(1)]);
    await rig.clock.advance(100);
    rig.feed.closed();
    expect([rig.take(), rig.ends]).toEqual([[], 1]);
  });

  it('hands on nothing once nobody looks', async () => {
    const rig = new Rig();
    rig.feed.passed('out', [frame(1)]);
    rig.feed.close();
    await rig.clock.advance(100);
    rig.feed.passed('out', [frame(1)]);
    rig.feed.closed();
    expect([rig.take(), rig.ends]).toEqual([[], 0]);
  });
});
