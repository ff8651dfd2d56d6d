import { describe, expect, it } from 'vitest';
import { BatchWriter, readBatch } from '../../src/tap/batch.js';

const KiB = 1024;

describe('a batch of what passed', () => {
  it('has copies of the messages, joined, in their order, and the gaps between them', () => {
    const writer = new BatchWriter();
    const chunk = Uint8Array.of(1, 2);
    writer.addBytes('in', [chunk], 2, 5.5);
    writer.addGap('out', 70_000);
    writer.addBytes('out', [chunk, Uint8Array.of(3)], 3, 6);
    writer.addGap('in', 0);
    chunk.fill(9);
    const { size } = writer;
    const batch = writer.take();
    expect(batch).toHaveLength(size);
    expect([...readBatch(batch)]).toEqual([
      { kind: 'bytes', direction: 'in', bytes: Uint8Array.of(1, 2), time: 5.5 },
      { kind: 'gap', direction: 'out', frames: 70_000 },
      { kind: 'bytes', direction: 'out', bytes: Uint8Array.of(1, 2, 3), time: 6 },
      { kind: 'gap', direction: 'in', frames: 0 },
    ]);
  });

  it('begins anew when it is taken', () => {
    const writer = new BatchWriter();
    writer.addBytes('in', [Uint8Array.of(1)], 1, 0);
    const first = writer.take();
    expect([writer.size, writer.isFullFor(1e9)]).toEqual([0, false]);
    writer.addBytes('in', [Uint8Array.of(2)], 1, 0);
    expect(writer.take().buffer).not.toBe(first.buffer);
    expect([...readBatch(first)]).toMatchObject([{ bytes: Uint8Array.of(1) }]);
    expect([...readBatch(writer.take())]).toEqual([]);
  });

  it('is full at 16 KiB with its heads, unless one message needs more', () => {
    const writer = new BatchWriter();
    writer.addBytes('out', [new Uint8Array(1)], 1, 0);
    const head = writer.size - 1;
    const room = 16 * KiB - writer.size - head;
    expect([writer.isFullFor(room), writer.isFullFor(room + 1)]).toEqual([false, true]);
    writer.take();
    const long = new Uint8Array(100 * KiB).fill(7);
    writer.addBytes('out', [long], long.length, 0);
    const [entry] = [...readBatch(writer.take())] as { bytes: Uint8Array }[];
    expect(Buffer.from(entry!.bytes).equals(long)).toBe(true);
  });
});
