import { Subject, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Batch, newest } from '../../src/state/newest.js';

interface Probe {
  readonly source: Subject<number>;
  readonly seen: (Batch<number> | string)[];
  readonly scheduler: VirtualTimeScheduler;
  stop(): void;
}

function probe(keep: number): Probe {
  const scheduler = new VirtualTimeScheduler();
  const source = new Subject<number>();
  const seen: (Batch<number> | string)[] = [];
  const subscription = newest(source, keep, 100, scheduler).subscribe({
    next: (batch) => seen.push(batch),
    error: (error: unknown) => seen.push(String(error)),
    complete: () => seen.push('complete'),
  });
  return { source, seen, scheduler, stop: () => subscription.unsubscribe() };
}

describe('newest', () => {
  it('passes values on together, once a period', () => {
    const { source, seen, scheduler } = probe(10);
    source.next(1);
    source.next(2);
    expect(seen).toEqual([]);
    scheduler.flush();
    expect(seen).toEqual([{ count: 2, newest: [1, 2] }]);
    source.next(3);
    scheduler.flush();
    expect(seen[1]).toEqual({ count: 1, newest: [3] });
  });

  it('keeps the newest and counts all', () => {
    const { source, seen, scheduler } = probe(3);
    for (let value = 0; value < 1_000; value++) source.next(value);
    scheduler.flush();
    expect(seen).toEqual([{ count: 1_000, newest: [997, 998, 999] }]);
  });

  it('passes on what it has ahead of the end', () => {
    const { source, seen } = probe(3);
    source.next(1);
    source.complete();
    expect(seen).toEqual([{ count: 1, newest: [1] }, 'complete']);
  });

  it('passes on what it has ahead of the error', () => {
    const { source, seen } = probe(3);
    source.next(1);
    source.error('broken');
    expect(seen).toEqual([{ count: 1, newest: [1] }, 'broken']);
  });

  it('leaves its source and its timer when nobody watches', () => {
    const { source, seen, scheduler, stop } = probe(3);
    source.next(1);
    stop();
    scheduler.flush();
    expect(source.observed).toBe(false);
    expect(seen).toEqual([]);
  });
});
