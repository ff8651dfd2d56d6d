import { afterEach, describe, expect, it, vi } from 'vitest';
import { platform } from '../../src/platform/node.js';

const { clock, holdProcess } = platform;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('time in Node', () => {
  it('only goes on', () => {
    const before = clock.now();
    expect(clock.now()).toBeGreaterThanOrEqual(before);
  });

  it('fires timers, but none that was cancelled', () => {
    vi.useFakeTimers();
    const fired: string[] = [];
    const cancel = clock.timer(1_000, () => fired.push('cancelled'));
    clock.timer(1_000, () => fired.push('kept'));
    cancel();
    vi.advanceTimersByTime(999);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(['kept']);
  });

  it('takes a delay longer than setTimeout does for the longest it takes', () => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    clock.timer(2 ** 40, () => undefined)();
    expect(setTimer).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1);
  });

  it('defers to after the promises of this turn', async () => {
    const order: string[] = [];
    const deferred = new Promise<void>((resolve) =>
      clock.defer(() => {
        order.push('deferred');
        resolve();
      }),
    );
    void Promise.resolve().then(() => order.push('promise'));
    await deferred;
    expect(order).toEqual(['promise', 'deferred']);
  });
});

describe('a process', () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

  it('is kept alive by a hold, not by timers', () => {
    const before = timers();
    const cancel = clock.timer(60_000, () => undefined);
    expect(timers()).toBe(before);
    const letGo = holdProcess();
    expect(timers()).toBe(before + 1);
    letGo();
    expect(timers()).toBe(before);
    cancel();
  });
});
