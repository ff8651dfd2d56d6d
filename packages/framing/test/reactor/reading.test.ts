import { describe, expect, it } from 'vitest';
import { type AnswerConsumer, ObserverReader, type SlowPolicy, ValueIterator, WiremuxError } from '../../src/index.js';

/** A request as its reader sees it, and what the reader did to it. */
class FakeRequest {
  stopping = false;
  readonly calls: (string | number)[] = [];
  reader: AnswerConsumer | undefined;
  slow: SlowPolicy | undefined;

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

  dropped(values: number, bytes: number): void {
    this.calls.push(`dropped ${values}, ${bytes} bytes`);
  }

  giveUp(error: WiremuxError): void {
    this.calls.push(error.code);
    this.stopping = true;
    this.reader?.end(error);
  }
}

/** Time that passes as values are observed, `perValue` ms for each. */
class FakeTime {
  ms = 0;
  perValue = 0;
  readonly deferred: (() => void)[] = [];

  now(): number {
    return this.ms;
  }

  defer(callback: () => void): void {
    this.deferred.push(callback);
  }

  turn(): void {
    for (const callback of this.deferred.splice(0)) callback();
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

describe('SPEC 8.11.18 values read as they are asked for, of which few are kept', () => {
  it('are the newest; the others count as dropped', async () => {
    const request = new FakeRequest();
    request.slow = { fails: false, keep: 2 };
    const values = new ValueIterator<number>(request.attach);
    request.reader?.values([1, 2], [10, 20]);
    expect(request.calls).toEqual([]);
    request.reader?.values([3], [30]);
    request.reader?.values([4, 5, 6], [40, 50, 60]);
    expect(request.calls).toEqual(['dropped 1, 10 bytes', 'dropped 3, 90 bytes']);
    request.reader?.end(undefined);
    expect([await values.next(), await values.next(), await values.next()].map(({ value }) => value)).toEqual([
      5,
      6,
      undefined,
    ]);
    expect(request.calls.slice(2)).toEqual([50, 60]);
  });

  it('go to those who wait already, the newest of what came together', async () => {
    const request = new FakeRequest();
    request.slow = { fails: false, keep: 1 };
    const values = new ValueIterator<number>(request.attach);
    const asked = [values.next(), values.next()];
    request.reader?.values([1, 2], [1, 2]);
    request.reader?.values([3], [3]);
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual([2, 3]);
    expect(request.calls).toEqual(['start', 'dropped 1, 1 bytes', 2, 3]);
  });

  it('SPEC 8.11.19 fail the request where none may be dropped', async () => {
    const request = new FakeRequest();
    request.slow = { fails: true, keep: 2 };
    const values = new ValueIterator<number>(request.attach);
    request.reader?.values([1, 2], [1, 1]);
    expect(request.calls).toEqual([]);
    request.reader?.values([3], [1]);
    expect(request.calls).toEqual(['slow-reader']);
    await expect(values.next()).rejects.toMatchObject({ code: 'slow-reader' });
  });
});

describe('SPEC 8.5.6 values that are observed', () => {
  /** A reader whose observer loses interest after `most` values. */
  function observed(most = Number.POSITIVE_INFINITY): { request: FakeRequest; seen: unknown[]; time: FakeTime } {
    const seen: unknown[] = [];
    const request = new FakeRequest();
    const time = new FakeTime();
    const observer = {
      next: (value: unknown) => {
        seen.push(value);
        time.ms += time.perValue;
      },
      error: (error: WiremuxError) => seen.push(error),
      complete: () => seen.push('complete'),
      get closed() {
        return seen.length >= most;
      },
    };
    const reader = new ObserverReader(observer, time, request.attach);
    expect(reader.request).toBe(request);
    return { request, seen, time };
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

  it('SPEC 8.11.18 are given at once to who is quick', () => {
    const { request, seen, time } = observed();
    request.slow = { fails: false, keep: 2 };
    request.reader?.values([1, 2], [1, 1]);
    request.reader?.values([3, 4, 5], [1, 1, 1]);
    expect(seen).toEqual([1, 2, 4, 5]);
    expect(request.calls).toEqual([1, 1, 'dropped 1, 1 bytes', 1, 1]);
    expect(time.deferred).toEqual([]);
  });

  it('SPEC 8.11.18 are given to who is slow a turn later, when what is too old is known', () => {
    const { request, seen, time } = observed();
    request.slow = { fails: false, keep: 1 };
    time.perValue = 100;
    request.reader?.values([1], [1]);
    for (const value of [2, 3, 4]) request.reader?.values([value], [1]);
    expect(seen).toEqual([1]);
    time.turn();
    expect(seen).toEqual([1, 4]);
    request.reader?.values([5], [1]);
    expect(seen).toEqual([1, 4]);
    time.turn();
    time.turn();
    expect(seen).toEqual([1, 4, 5]);
    expect(time.deferred).toEqual([]);
    expect(request.calls).toEqual([1, 'dropped 1, 1 bytes', 'dropped 1, 1 bytes', 1, 1]);
  });

  it('SPEC 8.11.18 come before the end', () => {
    const { request, seen, time } = observed();
    request.slow = { fails: false, keep: 2 };
    time.perValue = 100;
    request.reader?.values([1], [1]);
    request.reader?.values([2, 3], [1, 1]);
    request.reader?.end(undefined);
    expect(seen).toEqual([1, 2, 3, 'complete']);
    time.turn();
    expect(seen).toHaveLength(4);
  });

  it('SPEC 8.11.18 are given to nobody who has left meanwhile', () => {
    const { request, seen, time } = observed(1);
    request.slow = { fails: false, keep: 2 };
    time.perValue = 100;
    request.reader?.values([1], [1]);
    request.reader?.values([2], [1]);
    time.turn();
    expect(seen).toEqual([1]);
  });

  it('SPEC 8.11.19 fail the request where none may be dropped', () => {
    const { request, seen, time } = observed();
    request.slow = { fails: true, keep: 1 };
    time.perValue = 100;
    request.reader?.values([1], [1]);
    request.reader?.values([2], [1]);
    request.reader?.values([3], [1]);
    expect(seen).toEqual([1, expect.objectContaining({ code: 'slow-reader' })]);
    time.turn();
    expect(seen).toHaveLength(2);
  });
});
