import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeOnSignals } from '../src/signals.js';

const listeners = (source: EventEmitter) => source.listenerCount('SIGINT') + source.listenerCount('SIGTERM');

describe('closeOnSignals', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(['SIGTERM', 'SIGINT'])('closes the gateway on %s, once', async (signal) => {
    const source = new EventEmitter();
    const close = vi.fn(() => Promise.resolve());
    const done = closeOnSignals({ close }, source);
    expect(close).not.toHaveBeenCalled();
    source.emit(signal);
    await done;
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('takes the same signal again for the same, and leaves a later one to the process', () => {
    const source = new EventEmitter();
    void closeOnSignals({ close: () => new Promise(() => {}) }, source);
    source.emit('SIGINT');
    vi.advanceTimersByTime(999);
    expect(listeners(source)).toBe(2);
    vi.advanceTimersByTime(1);
    expect(listeners(source)).toBe(0);
  });
});
