import { describe, expect, it } from 'vitest';
import { SendWindow } from '../../src/flow/send-window.js';

const FLOOR = 131_072;

/** Sends frames of that payload while the window lets it; how many. */
function fill(window: SendWindow, payload: number, now = 0): number {
  const before = window.unacknowledged;
  let frames = 0;
  for (; window.open; frames++) window.frame(payload);
  window.message(before, now);
  return frames;
}

describe('SPEC 8.7.7 the window', () => {
  it('counts a frame with 72 bytes more than its payload, and lets one overshoot', () => {
    const window = new SendWindow(2 ** 24);
    expect(fill(window, 10_000)).toBe(Math.ceil(FLOOR / 10_072));
    expect(window.unacknowledged).toBe(14 * 10_072);
    expect(window.open).toBe(false);
  });

  it('opens as frames are acknowledged, and says so once', () => {
    const window = new SendWindow(2 ** 24);
    fill(window, 10_000);
    expect(window.acknowledge(1, 10)).toBe(true);
    expect(window.acknowledge(2, 10)).toBe(false);
    expect(window.acknowledged).toBe(2);
    expect(window.sent).toBe(14);
    expect(window.unacknowledged).toBe(12 * 10_072);
  });

  it('stays closed exactly at its size', () => {
    const window = new SendWindow(2 ** 24);
    window.frame(FLOOR - 73);
    expect(window.open).toBe(true);
    window.acknowledge(1, 1);
    window.frame(FLOOR - 72);
    expect(window.open).toBe(false);
  });
});

describe('SPEC 8.7.9, 9.1.26 its size', () => {
  it('follows twice the bandwidth-delay product, up to what it may grow to', () => {
    const window = new SendWindow(1_000_000);
    let now = 0;
    for (let round = 0; round < 40; round++) {
      fill(window, 10_000, now);
      now += 100;
      window.acknowledge(window.sent, now);
    }
    expect(window.size).toBe(1_000_000);
  });

  it('does not grow with the queue it makes itself, however long it is kept full', () => {
    const bytesPerMs = 10_000;
    const roundTrip = 50;
    const window = new SendWindow(2 ** 24);
    const acks: number[] = [];
    let now = 0;
    let busyUntil = 0;
    let most = 0;
    let narrowed = 0;
    while (now < 60_000) {
      for (let frames = fill(window, 9_928, now); frames > 0; frames--) {
        busyUntil = Math.max(busyUntil, now) + 10_000 / bytesPerMs;
        acks.push(busyUntil + roundTrip);
      }
      now = acks.shift() as number;
      window.acknowledge(window.acknowledged + 1, now);
      most = Math.max(most, window.size);
      if (now > 5_000 && window.size === FLOOR) narrowed++;
    }
    expect(most).toBeGreaterThan(2 * bytesPerMs * roundTrip * 0.8);
    expect(most).toBeLessThan(2 * bytesPerMs * roundTrip * 1.6);
    expect(narrowed).toBeGreaterThan(0);
  });

  it('has room for what one ack acknowledges, up to 256 KiB, and forgets it by and by', () => {
    const window = new SendWindow(2 ** 24);
    let now = 0;
    const ackAll = (frames: number): void => {
      window.message(window.unacknowledged, now);
      for (let left = frames; left > 0; left--) window.frame(9_928);
      now += 1;
      window.acknowledge(window.sent, now);
    };
    ackAll(20);
    expect(window.size).toBe(2 * 200_000 + 200_000);
    ackAll(100);
    expect(window.size).toBe(2 * 1_000_000 + 262_144);
    for (let acks = 0; acks < 400; acks++) ackAll(20);
    expect(window.size).toBe(2 * 200_000 + 200_000);
    window.resume(window.sent);
    expect(window.size).toBe(FLOOR);
  });

  it('is of whole bytes', () => {
    const window = new SendWindow(2 ** 24);
    fill(window, 10_000);
    window.acknowledge(window.sent, 0.3);
    // A shorter round trip than that of the best rate.
    window.frame(20);
    window.message(0, 0.4);
    window.acknowledge(window.sent, 0.5);
    expect(window.size).toBeGreaterThan(FLOOR);
    expect(Number.isInteger(window.size)).toBe(true);
  });

  it('never goes below 128 KiB', () => {
    const window = new SendWindow(2 ** 24);
    let now = 0;
    for (let call = 0; call < 100; call++) {
      window.message(0, now);
      window.frame(20);
      window.starved();
      now += 0.2;
      window.acknowledge(window.sent, now);
    }
    expect(window.size).toBe(FLOOR);
  });
});
