import { describe, expect, it } from 'vitest';
import { FrameQueue } from '../../../src/tap/thread/frame-queue.js';

const MiB = 1024 * 1024;

const frame = (seq: number, payload = '') => ({
  seq,
  time: 0,
  direction: 'in' as const,
  offset: 0,
  requestId: 1,
  streamId: 1,
  streamFlags: '0',
  type: 'command-data',
  flags: 'eos',
  payload,
  bytes: 0,
});

describe('FrameQueue', () => {
  it('holds a thousand frames and a million characters, and drops the oldest past them', () => {
    const queue = new FrameQueue();
    for (let seq = 0; seq < 1_000; seq++) queue.add(frame(seq));
    expect(queue.dropped).toBe(0);
    queue.add(frame(1_000));
    expect(queue.dropped).toBe(1);
    expect(queue.takeAll()[0]?.seq).toBe(1);
    queue.add(frame(0, 'x'.repeat(MiB)));
    expect(queue.length).toBe(1);
    queue.add(frame(1, 'y'));
    expect(queue.takeAll().map(({ seq }) => seq)).toEqual([1]);
    expect(queue.dropped).toBe(2);
  });

  it('has values as text, cut at 2,000 characters', () => {
    const queue = new FrameQueue();
    queue.add({ ...frame(0), values: [{ a: 1 }, 'x'.repeat(3_000)] });
    const [short = '', long = ''] = queue.takeAll()[0]?.values ?? [];
    expect(short).toBe("{'a': 1}");
    expect(long.length).toBeLessThan(2_100);
  });
});
