import { describe, expect, it, onTestFinished } from 'vitest';
import { LoopDelay } from '../src/loop-delay.js';

/** Keeps the event loop busy. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('LoopDelay', () => {
  it('tells by how much the event loop was late, the same for readings close together', async () => {
    const delay = new LoopDelay();
    delay.start();
    onTestFinished(() => delay.stop());
    let now = 0;
    const readAfterBlocking = () => {
      block(80);
      now += 1_000;
      return delay.read(now);
    };
    await expect.poll(readAfterBlocking, { interval: 1 }).toBeGreaterThan(40);
    expect(delay.read(now + 999)).toBe(delay.read(now));
  });

  it('tells nothing before it has measured', () => {
    expect(new LoopDelay().read(1_000)).toBe(0);
  });
});
