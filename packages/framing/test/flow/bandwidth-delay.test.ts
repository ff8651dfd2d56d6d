import { describe, expect, it } from 'vitest';
import { BandwidthDelay } from '../../src/flow/bandwidth-delay.js';

/** A path of so many bytes a ms and so long a round trip, which acknowledges each frame of 1,000 bytes. */
class Path {
  readonly measured = new BandwidthDelay();
  now = 0;
  #sent = 0;
  #acknowledged = 0;
  /** When each frame on its way will be acknowledged. */
  readonly #acks: number[] = [];
  #busyUntil = 0;

  bytesPerMs: number;
  roundTrip: number;

  constructor(bytesPerMs: number, roundTrip: number) {
    this.bytesPerMs = bytesPerMs;
    this.roundTrip = roundTrip;
  }

  send(frames: number): void {
    for (let left = frames; left > 0; left--) {
      this.measured.sent(++this.#sent, 1_000 * this.#acks.length, this.now);
      this.#busyUntil = Math.max(this.#busyUntil, this.now) + 1_000 / this.bytesPerMs;
      this.#acks.push(this.#busyUntil + this.roundTrip);
    }
  }

  /** Keeps so many frames on their way for a time. */
  fill(frames: number, ms: number): void {
    const until = this.now + ms;
    while (this.now < until) {
      this.send(frames - this.#acks.length);
      this.#next();
    }
  }

  drain(): void {
    while (this.#acks.length > 0) this.#next();
  }

  #next(): void {
    this.now = this.#acks.shift() as number;
    this.measured.acknowledged(++this.#acknowledged, 1_000, this.now);
  }
}

describe('SPEC 8.7.9 the bandwidth-delay product', () => {
  it('is 0 until something was measured', () => {
    expect(new BandwidthDelay().bytes).toBe(0);
  });

  it.each([
    [1_000, 50],
    [100, 200],
    [5_000, 1],
  ])('is that of a path of %d bytes a ms and %d ms that is kept full', (bytesPerMs, roundTrip) => {
    const path = new Path(bytesPerMs, roundTrip);
    const product = bytesPerMs * roundTrip;
    path.fill(Math.ceil(product / 1_000) + 2, 40 * roundTrip);
    expect(path.measured.bytes).toBeGreaterThan(product * 0.8);
    expect(path.measured.bytes).toBeLessThan(product * 1.5);
  });

  it('forgets a rate after 10 round trips, and a round trip after 10 s', () => {
    const path = new Path(1_000, 50);
    path.fill(60, 2_000);
    path.drain();
    path.bytesPerMs = 100;
    path.fill(6, 40_000);
    expect(path.measured.bytes).toBeLessThan(100 * 150);
    path.drain();
    path.roundTrip = 300;
    path.fill(40, 40_000);
    expect(path.measured.bytes).toBeGreaterThan(100 * 250);
  });

  it('is not lowered by an application that sends little', () => {
    const path = new Path(1_000, 50);
    path.fill(60, 2_000);
    const full = path.measured.bytes;
    for (let calls = 0; calls < 100; calls++) {
      path.drain();
      path.measured.starved(0);
      path.send(1);
      path.drain();
    }
    expect(path.measured.bytes).toBeGreaterThan(full * 0.5);
  });

  it('does not take the queue it made itself for the path', () => {
    const path = new Path(1_000, 50);
    path.fill(60, 2_000);
    const before = path.measured.bytes;
    path.fill(1_000, 30_000);
    expect(path.measured.stale(path.now)).toBe(true);
    expect(path.measured.bytes).toBeLessThan(before * 1.5);
  });

  it('keeps no samples of what was acknowledged', () => {
    const path = new Path(1_000, 5);
    path.fill(10, 20_000);
    path.drain();
    expect(path.measured.samples).toBe(0);
  });

  it('does not take acks that come together for a fast path', () => {
    const measured = new BandwidthDelay();
    for (let at = 0; at < 10; at++) measured.sent(at + 1, 1_000 * at, at);
    measured.acknowledged(1, 1_000, 10);
    measured.sent(11, 9_000, 10);
    for (let at = 1; at < 11; at++) measured.acknowledged(at + 1, 1_000, 10.001);
    expect(measured.bytes).toBeLessThanOrEqual(1.2 * 1_000 * 10);
  });
});
