import { describe, expect, it } from 'vitest';
import { KeptBudget } from '../../src/index.js';
import { KeptFrames } from '../../src/session/kept-frames.js';

/** Frames of these sizes in one chunk, each filled with its number. */
function message(first: number, ...sizes: number[]): Uint8Array {
  return Uint8Array.from(sizes.flatMap((size, at) => Array<number>(size).fill(first + at)));
}

function kept(budget = new KeptBudget()): KeptFrames {
  const frames = new KeptFrames(budget);
  frames.keep([message(0, 3), message(1, 4), message(2, 5)], 3, 2, 9);
  frames.keep([message(3, 6)], 0, 1, 6);
  return frames;
}

/** All that goes out again, as the numbers and sizes of its frames. */
function replayed(frames: KeptFrames): string {
  frames.rewind();
  const bytes: number[] = [];
  while (frames.replaying) {
    const replay = frames.takeReplay();
    const taken = replay.chunks.flatMap((chunk) => [...chunk]);
    expect(taken).toHaveLength(replay.bytes);
    bytes.push(...taken);
  }
  return bytes.join('');
}

describe('SPEC 8.8.8 kept frames', () => {
  it('go out again as they were, in order, link frames left out', () => {
    const frames = kept();
    expect(frames.replaying).toBe(false);
    expect(replayed(frames)).toBe('111122222333333');
    expect(replayed(frames)).toBe('111122222333333');
  });

  it('are forgotten when they are acknowledged, frame by frame', () => {
    const frames = kept();
    frames.drop(1, 4);
    expect(frames.bytes).toBe(11);
    expect(replayed(frames)).toBe('22222333333');
    frames.drop(2, 11);
    expect(frames.bytes).toBe(0);
    expect(replayed(frames)).toBe('');
    frames.drop(0, 0);
    frames.keep([message(4, 2)], 0, 1, 2);
    expect(replayed(frames)).toBe('44');
  });

  it('copy nothing', () => {
    const frames = new KeptFrames(new KeptBudget());
    const payload = new Uint8Array(100_000);
    frames.keep([message(1, 8), payload], 0, 1, 100_008);
    frames.rewind();
    expect(frames.takeReplay().chunks[1]).toBe(payload);
  });

  it('SPEC 7.2 share messages of at most 64 KiB, a longer one goes alone', () => {
    const frames = new KeptFrames(new KeptBudget());
    for (const size of [40_000, 25_536, 1, 70_000, 5]) frames.keep([new Uint8Array(size)], 0, 1, size);
    frames.rewind();
    const sizes: number[] = [];
    while (frames.replaying) sizes.push(frames.takeReplay().bytes);
    expect(sizes).toEqual([65_536, 1, 70_000, 5]);
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
      frames.keep([message(round & 1, 7)], 0, 1, 7);
      if (round > 2) frames.drop(1, 7);
    }
    expect(frames.bytes).toBe(21);
    expect(replayed(frames)).toBe('111111100000001111111');
  });
});

describe('SPEC 9.1.29 what all sessions keep', () => {
  it('is counted together, and full from its bound on', () => {
    let times = 0;
    const budget = new KeptBudget(30, () => times++);
    const one = kept(budget);
    expect([budget.bytes, budget.full, one.crowded, times]).toEqual([15, false, false, 0]);
    const other = kept(budget);
    expect([budget.bytes, budget.full, one.crowded, times]).toEqual([30, true, true, 1]);
    other.keep([message(0, 1)], 0, 1, 1);
    other.drop(1, 4);
    expect([budget.bytes, budget.full, times]).toEqual([27, false, 1]);
    other.close();
    other.keep([message(0, 1)], 0, 1, 1);
    expect(budget.bytes).toBe(15);
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
