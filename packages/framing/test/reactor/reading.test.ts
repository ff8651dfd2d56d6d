import { describe, expect, it } from 'vitest';
import { type AnswerConsumer, ObserverReader, ValueIterator, WiremuxError } from '../../src/index.js';

/** A request as its reader sees it, and what the reader did to it. */
class FakeRequest {
  stopping = false;
  readonly calls: (string | number)[] = [];
  reader: AnswerConsumer | undefined;

  readonly attach = (reader: AnswerConsumer): this => {
    this.reader = reader;
    return this;
  };

  start(): void {
    this.calls.push('start');
  }

  leave(): void {
    this.calls.push('leave');
  }

  taken(bytes: number): void {
    this.calls.push(bytes);
  }
}

const FAILED = new WiremuxError('command-failed', 'no');

describe('SPEC 8.5.6 values read as they are asked for', () => {
  it('count as taken only then; the first asking begins the request', async () => {
    const request = new FakeRequest();
    const values = new ValueIterator<string>(request.attach);
    expect(values[Symbol.asyncIterator]()).toBe(values);
    expect(request.calls).toEqual([]);
    const asked = [values.next(), values.next()];
    expect(request.calls).toEqual(['start']);
    request.reader?.values(['a'], [1]);
    request.reader?.values(['b', 'c'], [2, 3]);
    expect(await Promise.all(asked)).toEqual([
      { done: false, value: 'a' },
      { done: false, value: 'b' },
    ]);
    expect(request.calls).toEqual(['start', 1, 2]);
    expect(await values.next()).toEqual({ done: false, value: 'c' });
    expect(request.calls).toEqual(['start', 1, 2, 3]);
  });

  it('end after those that came, also for who waits already', async () => {
    const request = new FakeRequest();
    const values = new ValueIterator<number>(request.attach);
    const first = values.next();
    request.reader?.values([1, 2], [1, 1]);
    request.reader?.end(undefined);
    expect(await first).toEqual({ done: false, value: 1 });
    expect(await values.next()).toEqual({ done: false, value: 2 });
    expect(await values.next()).toEqual({ done: true, value: undefined });
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  it('fail once, after those that came', async () => {
    const request = new FakeRequest();
    const values = new ValueIterator<number>(request.attach);
    const asked = [values.next(), values.next()];
    request.reader?.values([1], [1]);
    request.reader?.end(FAILED);
    expect(await asked[0]).toEqual({ done: false, value: 1 });
    await expect(asked[1]).rejects.toBe(FAILED);
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  it('are not given behind the end of a request that was stopped', async () => {
    const request = new FakeRequest();
    const values = new ValueIterator<number>(request.attach);
    request.reader?.values([1], [1]);
    request.stopping = true;
    request.reader?.end(FAILED);
    await expect(values.next()).rejects.toBe(FAILED);
    expect(request.calls).toEqual([]);
  });

  it('are given up by `return`, which nobody waits after', async () => {
    const request = new FakeRequest();
    const values = new ValueIterator<number>(request.attach);
    const asked = values.next();
    request.reader?.values([1, 2], [1, 1]);
    await asked;
    const waiting = [values.return(), values.next()];
    expect(request.calls).toEqual(['start', 1, 'leave']);
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  it('begin nothing where `return` came first', async () => {
    const request = new FakeRequest();
    const values = new ValueIterator<number>(request.attach);
    await values.return();
    expect(await values.next()).toEqual({ done: true, value: undefined });
    expect(request.calls).toEqual(['leave']);
  });
});

describe('SPEC 8.5.6 values that are observed', () => {
  /** A reader whose observer loses interest after `most` values. */
  function observed(most = Number.POSITIVE_INFINITY): { request: FakeRequest; seen: unknown[] } {
    const seen: unknown[] = [];
    const request = new FakeRequest();
    const observer = {
      next: (value: unknown) => seen.push(value),
      error: (error: WiremuxError) => seen.push(error),
      complete: () => seen.push('complete'),
    };
    const reader = new ObserverReader(observer, () => seen.length < most, request.attach);
    expect(reader.request).toBe(request);
    return { request, seen };
  }

  it('count as taken once they were seen', () => {
    const { request, seen } = observed();
    request.reader?.values(['a', 'b'], [2, 3]);
    expect([seen, request.calls]).toEqual([['a', 'b'], [5]]);
    request.reader?.end(undefined);
    expect(seen.at(-1)).toBe('complete');
  });

  it('are given to nobody who has left', () => {
    const { request, seen } = observed(1);
    request.reader?.values(['a', 'b'], [2, 3]);
    expect([seen, request.calls]).toEqual([['a'], []]);
  });

  it('end with the error of their request', () => {
    const { request, seen } = observed();
    request.reader?.end(FAILED);
    expect(seen).toEqual([FAILED]);
  });
});
