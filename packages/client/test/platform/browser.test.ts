import { afterEach, describe, expect, it, vi } from 'vitest';
import { platform } from '../../src/platform/browser.js';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('time in a browser', () => {
  it('fires timers, but none that was cancelled', () => {
    vi.useFakeTimers();
    const fired: string[] = [];
    const cancel = platform.clock.timer(1_000, () => fired.push('cancelled'));
    platform.clock.timer(1_000, () => fired.push('kept'));
    cancel();
    vi.advanceTimersByTime(999);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(['kept']);
  });

  it('takes a delay longer than setTimeout does for the longest it takes', () => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    platform.clock.timer(2 ** 40, () => undefined)();
    expect(setTimer).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1);
  });

  it('defers to after the promises of this turn, in order, and not for longer than a message takes', async () => {
    const order: string[] = [];
    const done = new Promise<void>((resolve) => {
      platform.clock.defer(() => {
        order.push('first');
        platform.clock.defer(() => {
          order.push('third');
          resolve();
        });
      });
    });
    platform.clock.defer(() => order.push('second'));
    void Promise.resolve().then(() => order.push('promise'));
    await done;
    expect(order).toEqual(['promise', 'first', 'second', 'third']);
  });
});

describe('relative addresses', () => {
  it('are relative to the page', () => {
    vi.stubGlobal('location', { href: 'https://gateway.test/page' });
    expect(platform.baseUrl).toBe('https://gateway.test/page');
  });

  it('have no meaning where there is no page', () => {
    expect(platform.baseUrl).toBeUndefined();
  });
});
