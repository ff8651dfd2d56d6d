import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/frame/header.js';
import { FrameReader } from '../../src/frame/reader.js';
import { KeptBudget } from '../../src/index.js';
import { KeptFrames } from '../../src/session/kept-frames.js';

/** A frame of so many bytes, at least its header's, whose payload is filled with its number. */
function frame(number: number, size: number): Uint8Array {
  const header = { requestId: number, streamId: 1, streamFlags: 0, type: 3, flags: 0 };
  return encodeFrame(header, new Uint8Array(size - 8).fill(number));
}

function kept(budget = new KeptBudget()): KeptFrames {
  const frames = new KeptFrames(budget);
  frames.keep([frame(9, 8), frame(1, 12), frame(2, 13)], 8, 2, 25);
  frames.keep([frame(3, 14)], 0, 1, 14);
  return frames;
}

/** All that goes out again, message by message: the numbers of the frames, each as often as its payload has bytes. */
function replayed(frames: KeptFrames): string {
  frames.rewind();
  const messages: string[] = [];
  while (frames.replaying) {
    const replay = frames.takeReplay();
    const taken = Uint8Array.from(replay.chunks.flatMap((chunk) => [...chunk]));
    expect(taken).toHaveLength(replay.bytes);
    const payloads: string[] = [];
    new FrameReader(1_000).push(taken, (_, payload) => void payloads.push(payload.join('')));
    expect(payloads).toHaveLength(replay.frames);
    messages.push(payloads.join('-'));
  }
  return messages.join(' ');
}

describe('SPEC 8.8.8 kept frames', () => {
  it('go out again as they were, in order, link frames left out', () => {
    const frames = kept();
    expect(frames.replaying).toBe(false);
    expect(replayed(frames)).toBe('1111 22222-333333');
    expect(replayed(frames)).toBe('1111 22222-333333');
  });

  it('SPEC 8.8.8 begin with one frame, wherever the chunks of its message end', () => {
    const frames = new KeptFrames(new KeptBudget());
    const [first, second] = [frame(1, 12), frame(2, 13)];
    frames.keep(
      [first.subarray(0, 8), first.subarray(8, 11), Uint8Array.from([...first.subarray(11), ...second])],
      0,
      2,
      25,
    );
    frames.keep([frame(3, 14)], 0, 1, 14);
    expect(replayed(frames)).toBe('1111 22222-333333');
    frames.drop(1, 12);
    expect(replayed(frames)).toBe('22222 333333');
    frames.drop(1, 13);
    expect(replayed(frames)).toBe('333333');
  });

  it('are forgotten when they are acknowledged, frame by frame', () => {
    const frames = kept();
    frames.drop(1, 12);
    expect(frames.bytes).toBe(27);
    expect(replayed(frames)).toBe('22222 333333');
    frames.drop(2, 27);
    expect(frames.bytes).toBe(0);
    expect(replayed(frames)).toBe('');
    frames.drop(0, 0);
    frames.keep([frame(4, 10)], 0, 1, 10);
    expect(replayed(frames)).toBe('44');
  });

  it('copy nothing', () => {
    const frames = new KeptFrames(new KeptBudget());
    const payload = new Uint8Array(100_000);
    frames.keep([frame(1, 8), payload], 0, 1, 100_008);
    frames.rewind();
    expect(frames.takeReplay().chunks[1]).toBe(payload);
  });

  it('SPEC 7.2 share messages of at most 64 KiB, a longer one goes alone', () => {
    const frames = new KeptFrames(new KeptBudget());
    for (const size of [8, 40_000, 25_536, 9, 70_000, 8]) frames.keep([new Uint8Array(size)], 0, 1, size);
    frames.rewind();
    const sizes: number[] = [];
    while (frames.replaying) sizes.push(frames.takeReplay().bytes);
    expect(sizes).toEqual([8, 65_536, 9, 70_000, 8]);
  });

  it('can be cut off while they go out, and go out anew', () => {
    const frames = new KeptFrames(new KeptBudget());
    for (const number of [1, 2, 3]) frames.keep([new Uint8Array(60_000).fill(number)], 0, 1, 60_000);
    frames.rewind();
    expect(frames.takeReplay().chunks[0]?.[0]).toBe(1);
    frames.drop(1, 60_000);
    expect(frames.takeReplay().chunks[0]?.[0]).toBe(2);
    frames.rewind();
    expect(frames.takeReplay().chunks[0]?.[0]).toBe(2);
    expect(frames.takeReplay().chunks[0]?.[0]).toBe(3);
    expect(frames.replaying).toBe(false);
  });

  it('take no room once they are acknowledged, however many there were', () => {
    const frames = new KeptFrames(new KeptBudget());
    for (let round = 0; round < 1_000; round++) {
      frames.keep([frame(round & 1, 9)], 0, 1, 9);
      if (round > 2) frames.drop(1, 9);
    }
    expect(frames.bytes).toBe(27);
    expect(replayed(frames)).toBe('1 0-1');
  });
});

describe('SPEC 9.1.29 what all sessions keep', () => {
  it('is counted together, and full from its bound on', () => {
    let times = 0;
    const budget = new KeptBudget(78, () => times++);
    const one = kept(budget);
    expect([budget.bytes, budget.full, one.crowded, times]).toEqual([39, false, false, 0]);
    const other = kept(budget);
    expect([budget.bytes, budget.full, one.crowded, times]).toEqual([78, true, true, 1]);
    other.keep([frame(0, 8)], 0, 1, 8);
    other.drop(1, 12);
    expect([budget.bytes, budget.full, times]).toEqual([74, false, 1]);
    other.close();
    other.keep([frame(0, 8)], 0, 1, 8);
    expect(budget.bytes).toBe(39);
    one.close();
    expect(budget.bytes).toBe(0);
  });

  it('is 512 MiB unless told otherwise', () => {
    const budget = new KeptBudget();
    budget.add(536_870_911);
    expect(budget.full).toBe(false);
    budget.add(1);
    expect(budget.full).toBe(true);
  });
});
