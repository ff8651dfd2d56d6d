import { Subject, type Subscription } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newest, Sampler } from '../../src/commands/sampler.js';

describe('Sampler', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('samples once for all who ask for the same period', async () => {
    const take = vi.fn(() => 1);
    const sampler = new Sampler(() => take);
    const got: number[] = [];
    for (let at = 0; at < 1_000; at += 1) sampler.every(100).subscribe((value) => got.push(value));
    await vi.advanceTimersByTimeAsync(250);
    expect(take).toHaveBeenCalledTimes(3);
    expect(got).toHaveLength(3_000);
  });

  it('gives the newest sample at once to who joins later', async () => {
    let count = 0;
    const sampler = new Sampler(() => () => {
      count += 1;
      return count;
    });
    sampler.every(100).subscribe();
    await vi.advanceTimersByTimeAsync(150);
    const got: number[] = [];
    sampler.every(100).subscribe((value) => got.push(value));
    expect(got).toEqual([2]);
  });

  it('remembers separately for each period', async () => {
    const begin = vi.fn(() => () => 0);
    const sampler = new Sampler(begin);
    sampler.every(100).subscribe();
    sampler.every(200).subscribe();
    await vi.advanceTimersByTimeAsync(1);
    expect(begin).toHaveBeenCalledTimes(2);
  });

  it('stops when nobody is subscribed, and begins afresh', async () => {
    const take = vi.fn(() => 0);
    const begin = vi.fn(() => take);
    const sampler = new Sampler(begin);
    const subscriptions: Subscription[] = [sampler.every(100).subscribe(), sampler.every(100).subscribe()];
    await vi.advanceTimersByTimeAsync(1);
    for (const subscription of subscriptions) subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(take).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    sampler.every(100).subscribe();
    expect(begin).toHaveBeenCalledTimes(2);
  });

  it('skips the ticks that a slow sample misses', async () => {
    const take = vi.fn(() => new Promise<number>((resolve) => setTimeout(() => resolve(0), 250)));
    new Sampler(() => take).every(100).subscribe();
    await vi.advanceTimersByTimeAsync(299);
    expect(take).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(take).toHaveBeenCalledTimes(2);
  });

  it('passes on what taking a sample throws', async () => {
    const error = vi.fn();
    new Sampler(() => () => Promise.reject(new Error('no sensor'))).every(100).subscribe({ error });
    await vi.advanceTimersByTimeAsync(1);
    expect(error).toHaveBeenCalledWith(new Error('no sensor'));
  });
});

describe('newest', () => {
  it('gives each value with its number to who keeps up', async () => {
    const source = new Subject<string>();
    const values = newest(source, new AbortController().signal);
    const first = values.next();
    source.next('a');
    expect((await first).value).toEqual({ seq: 0, value: 'a' });
    const second = values.next();
    source.next('b');
    expect((await second).value).toEqual({ seq: 1, value: 'b' });
  });

  it('keeps the newest for who does not, and the numbers show the gap', async () => {
    const source = new Subject<string>();
    const values = newest(source, new AbortController().signal);
    const first = values.next();
    for (const value of ['a', 'b', 'c']) source.next(value);
    expect((await first).value).toEqual({ seq: 2, value: 'c' });
  });

  it('ends and unsubscribes when aborted while it waits', async () => {
    const source = new Subject<string>();
    const controller = new AbortController();
    const waiting = newest(source, controller.signal).next();
    expect(source.observed).toBe(true);
    controller.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(source.observed).toBe(false);
  });

  it('throws what its source fails with', async () => {
    const source = new Subject<string>();
    const waiting = newest(source, new AbortController().signal).next();
    source.error(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
  });

  it('ends when its source does', async () => {
    const source = new Subject<string>();
    const waiting = newest(source, new AbortController().signal).next();
    source.complete();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
