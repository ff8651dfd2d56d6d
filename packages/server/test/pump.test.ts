import { BehaviorSubject, Observable, type Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AnswerSink, Failure, Pump } from '../src/pump.js';
import { pumpFor } from '../src/pump-for.js';

/** A sink that keeps what it is given, and has room for `room` values at a time. */
class RecordingSink implements AnswerSink {
  readonly values: unknown[] = [];
  readonly alone: boolean[] = [];
  readonly ends: (Failure | undefined)[] = [];
  room = Number.POSITIVE_INFINITY;
  /** Called with each value, before the sink says whether there is room. */
  onValue: (value: unknown) => void = () => undefined;

  value(value: unknown, alone = false): boolean {
    this.values.push(value);
    this.alone.push(alone);
    this.room -= 1;
    this.onValue(value);
    return this.room > 0;
  }

  finished(failure?: Failure): void {
    this.ends.push(failure);
  }
}

function pumpInto(sink: AnswerSink, source: unknown): Pump {
  const pump = pumpFor(source, sink);
  if (pump === undefined) throw new Error('The source is one value.');
  return pump;
}

/** Every promise that is settled by now has called back. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* asyncly(values: readonly unknown[], closed: () => void = () => undefined): AsyncGenerator<unknown> {
  try {
    for (const value of values) yield await Promise.resolve(value);
  } finally {
    closed();
  }
}

function* atOnce(values: readonly unknown[], closed: () => void = () => undefined): Generator<unknown> {
  try {
    yield* values;
  } finally {
    closed();
  }
}

describe('pumpFor', () => {
  it.each([1, 'text', null, undefined, [1], new Set([1]), new Map(), new Uint8Array(1), { next: 1 }, () => 1])(
    'takes %o for one value',
    (value) => {
      expect(pumpFor(value, new RecordingSink())).toBeUndefined();
    },
  );
});

describe.each([
  ['an async iterable', asyncly],
  ['an iterator', atOnce],
])('a pump of %s', (_, source) => {
  it('stops asking while there is no room', async () => {
    const sink = new RecordingSink();
    sink.room = 2;
    const pump = pumpInto(sink, source([1, 2, 3, 4]));
    pump.begin();
    await settled();
    expect(sink.values).toEqual([1, 2]);
    sink.room = 1;
    pump.writable();
    await settled();
    expect(sink.values).toEqual([1, 2, 3]);
    sink.room = 9;
    pump.writable();
    await settled();
    expect(sink).toMatchObject({ values: [1, 2, 3, 4], ends: [undefined] });
  });

  it('is not hurried by room that nobody waits for', async () => {
    const sink = new RecordingSink();
    sink.room = 1;
    const pump = pumpInto(sink, source([1, 2]));
    sink.onValue = () => pump.writable();
    pump.begin();
    await settled();
    expect(sink.values).toEqual([1]);
  });

  it('closes its source when it is stopped as it gives a value', async () => {
    let closed = 0;
    const sink = new RecordingSink();
    const pump = pumpInto(
      sink,
      source([1, 2], () => {
        closed += 1;
      }),
    );
    sink.onValue = () => pump.stop();
    pump.begin();
    await settled();
    expect(sink).toMatchObject({ values: [1], ends: [undefined] });
    expect(closed).toBe(1);
  });

  it('reports its end once, however often it is stopped', async () => {
    const sink = new RecordingSink();
    sink.room = 1;
    const pump = pumpInto(sink, source([1, 2]));
    pump.begin();
    await settled();
    pump.stop();
    pump.stop();
    pump.writable();
    await settled();
    pump.stop();
    expect(sink).toMatchObject({ values: [1], ends: [undefined] });
  });

  it('can be stopped instead of started', async () => {
    const sink = new RecordingSink();
    pumpInto(sink, source([1])).stop();
    await settled();
    expect(sink).toMatchObject({ values: [], ends: [undefined] });
  });

  it('reports what its source throws as it is closed', async () => {
    const boom = new Error('boom');
    const sink = new RecordingSink();
    sink.room = 1;
    const pump = pumpInto(
      sink,
      source([1, 2], () => {
        throw boom;
      }),
    );
    pump.begin();
    await settled();
    pump.stop();
    await settled();
    expect(sink).toMatchObject({ values: [1], ends: [{ thrown: boom }] });
  });
});

describe('a pump of a generator', () => {
  it('that is stopped while the generator runs closes it afterwards', () => {
    const seen: string[] = [];
    const sink = new RecordingSink();
    let stop: () => void = () => undefined;
    const pump = pumpInto(
      sink,
      (function* () {
        try {
          stop();
          seen.push('goes on');
          yield 1;
        } finally {
          seen.push('finally');
        }
      })(),
    );
    stop = () => pump.stop();
    pump.begin();
    expect(seen).toEqual(['goes on', 'finally']);
    expect(sink).toMatchObject({ values: [], ends: [undefined] });
  });
});

describe('a pump of an async iterable', () => {
  it('gives no value that comes after it was stopped', async () => {
    const sink = new RecordingSink();
    let bring: (result: IteratorResult<unknown>) => void = () => undefined;
    const next = new Promise<IteratorResult<unknown>>((resolve) => {
      bring = resolve;
    });
    const pump = pumpInto(sink, { [Symbol.asyncIterator]: () => ({ next: () => next }) });
    pump.begin();
    pump.stop();
    await settled();
    expect(sink.ends).toEqual([]);
    bring({ done: false, value: 1 });
    await settled();
    expect(sink).toMatchObject({ values: [], ends: [undefined] });
  });

  it('that is stopped as its iterator is made returns it', async () => {
    const sink = new RecordingSink();
    let returned = 0;
    let stop: () => void = () => undefined;
    const pump = pumpInto(sink, {
      [Symbol.asyncIterator]: () => {
        stop();
        return {
          next: () => Promise.resolve({ done: false, value: 1 }),
          return: () => {
            returned += 1;
            return Promise.resolve({ done: true, value: undefined });
          },
        };
      },
    });
    stop = () => pump.stop();
    pump.begin();
    await settled();
    expect(returned).toBe(1);
    expect(sink).toMatchObject({ values: [], ends: [undefined] });
  });
});

describe('a pump of an Observable', () => {
  it('subscribes once to one of another library, which tells its observer of the subscription first', () => {
    const sink = new RecordingSink();
    let subscribed = 0;
    const other = {
      [Symbol.observable ?? '@@observable']() {
        return this;
      },
      subscribe(observer: { start?: (own: object) => void; next(value: number): void; complete(): void }) {
        subscribed += 1;
        if (subscribed > 1) throw new Error('It was subscribed to again.');
        const own = { unsubscribe: () => undefined };
        observer.start?.(own);
        observer.next(1);
        observer.complete();
        return own;
      },
    };
    pumpInto(sink, other).begin();
    expect([subscribed, sink.values, sink.ends]).toEqual([1, [1], [undefined]]);
  });

  it('unsubscribes while the Observable emits in its subscribe', () => {
    const sink = new RecordingSink();
    let emitted = 0;
    const pump = pumpInto(
      sink,
      new Observable((subscriber) => {
        while (!subscriber.closed && emitted < 100) {
          emitted += 1;
          subscriber.next(emitted);
        }
      }),
    );
    sink.onValue = (value) => {
      if (value === 3) pump.stop();
    };
    pump.begin();
    expect(emitted).toBe(3);
    expect(sink).toMatchObject({ values: [1, 2, 3], ends: [undefined] });
  });

  it.each([
    ['completes', (subscriber: Subscriber<unknown>) => subscriber.complete(), undefined],
    ['fails', (subscriber: Subscriber<unknown>) => subscriber.error('broken'), { thrown: 'broken' }],
  ])('ends once when it %s, and has it clean up', (_, end, failure) => {
    const sink = new RecordingSink();
    let cleanedUp = 0;
    const pump = pumpInto(
      sink,
      new Observable((subscriber) => {
        subscriber.next(1);
        end(subscriber);
        return () => cleanedUp++;
      }),
    );
    pump.begin();
    pump.stop();
    expect(cleanedUp).toBe(1);
    expect(sink).toMatchObject({ values: [1], ends: [failure] });
  });

  it('tells what it throws as it cleans up', () => {
    const sink = new RecordingSink();
    const pump = pumpInto(
      sink,
      new Observable(() => () => {
        throw new Error('stuck');
      }),
    );
    pump.begin();
    pump.stop();
    expect(sink.ends).toMatchObject([{ thrown: { errors: [{ message: 'stuck' }] } }]);
  });

  it('says of each value that nothing is known to follow it, unlike what is asked for more', () => {
    const observed = new RecordingSink();
    pumpInto(observed, new BehaviorSubject(1)).begin();
    expect(observed.alone).toEqual([true]);
    const asked = new RecordingSink();
    pumpInto(asked, [1, 2].values()).begin();
    expect(asked.alone).toEqual([false, false]);
  });

  it('never subscribes when it is stopped before it starts', () => {
    const sink = new RecordingSink();
    let subscribed = 0;
    const pump = pumpInto(
      sink,
      new Observable(() => {
        subscribed += 1;
      }),
    );
    pump.stop();
    expect(subscribed).toBe(0);
    expect(sink).toMatchObject({ values: [], ends: [undefined] });
  });
});
