import { describe, expect, it } from 'vitest';
import { Backlog } from '../../src/tap/backlog.js';
import { FrameQueue } from '../../src/tap/frame-queue.js';
import { TappedTransport } from '../../src/tap/tapped-transport.js';

const MiB = 1024 * 1024;

describe('Backlog', () => {
  it('copies what may change, and joins the pieces of a message', () => {
    const backlog = new Backlog();
    const bytes = Uint8Array.of(1, 2);
    backlog.add('in', [bytes], 5);
    backlog.add('out', [bytes, Uint8Array.of(3)], 6);
    bytes.fill(9);
    expect([...(backlog.take() as { bytes: Uint8Array }).bytes]).toEqual([1, 2]);
    expect(backlog.take()).toMatchObject({ kind: 'bytes', direction: 'out', time: 6 });
    expect(backlog.take()).toBeUndefined();
  });

  it('keeps 4 MiB, counts what it misses, and goes on when half of that is free', () => {
    const backlog = new Backlog();
    for (let at = 0; at < 4; at++) backlog.add('out', [new Uint8Array(MiB)], at);
    backlog.add('out', [Uint8Array.of(1)], 5);
    backlog.add('out', [Uint8Array.of(1)], 6);
    expect(backlog.missed).toEqual({ in: 0, out: 2 });
    backlog.take();
    backlog.add('out', [Uint8Array.of(1)], 7);
    backlog.take();
    backlog.take();
    backlog.add('out', [Uint8Array.of(7)], 8);
    expect(backlog.missed).toEqual({ in: 0, out: 3 });
    expect([backlog.take(), backlog.take(), backlog.take()]).toMatchObject([
      { kind: 'bytes', time: 3 },
      { kind: 'gap', direction: 'out' },
      { kind: 'bytes', time: 8 },
    ]);
    expect(backlog.take()).toBeUndefined();
  });
});

describe('FrameQueue', () => {
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

  it('holds a thousand frames and a million characters, and drops the oldest past them', () => {
    const queue = new FrameQueue();
    for (let seq = 0; seq < 1_001; seq++) queue.add(frame(seq));
    expect(queue.dropped).toBe(1);
    expect(queue.takeAll()[0]?.seq).toBe(1);
    queue.add(frame(0, 'x'.repeat(MiB)));
    expect(queue.length).toBe(1);
    queue.add(frame(1, 'y'));
    expect(queue.takeAll().map(({ seq }) => seq)).toEqual([1]);
    expect(queue.dropped).toBe(2);
  });
});

describe('TappedTransport', () => {
  it('tells its watchers, and nobody once they have gone', () => {
    const seen: unknown[] = [];
    const sent: unknown[] = [];
    let deliver: (chunk: Uint8Array) => void = () => undefined;
    const inner = {
      start: ({ bytes }: { bytes(chunk: Uint8Array): void }) => {
        deliver = bytes;
      },
      send: (chunks: unknown) => void sent.push(chunks),
      bufferedBytes: 7,
      pause: () => undefined,
      resume: () => undefined,
      close: () => undefined,
      terminate: () => undefined,
    };
    const tapped = new TappedTransport(inner);
    const got: unknown[] = [];
    tapped.start({ bytes: (chunk) => void got.push(chunk), drain: () => undefined, closed: () => undefined });
    const watcher = { passed: (...told: unknown[]) => void seen.push(told), closed: () => undefined };
    const unwatch = tapped.watch(watcher);
    const chunk = Uint8Array.of(1);
    deliver(chunk);
    tapped.send([chunk]);
    unwatch();
    deliver(chunk);
    tapped.send([chunk]);
    expect(seen).toEqual([
      ['in', [chunk]],
      ['out', [chunk]],
    ]);
    expect([got.length, sent.length, tapped.bufferedBytes, tapped.finish]).toEqual([2, 2, 7, undefined]);
  });
});
