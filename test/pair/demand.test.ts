import { VirtualClock } from '@wiremux/framing/testing';
import { command, defineCommands, implement } from '@wiremux/server';
import { config, map } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { connectPair, type PairOptions } from '../support/pair.js';
import { TurnClock } from '../support/turn-clock.js';

/** A text whose encoding takes 1,000 bytes. */
const KILOBYTE = 'x'.repeat(997);
const WINDOW = 4_096;
const QUEUE = 10_000;
const options: PairOptions = {
  client: { limits: { answerCredit: WINDOW, sendQueueHighWater: QUEUE } },
  server: { limits: { sendQueueHighWater: QUEUE } },
};
/** What has come of a value that is not whole counts as taken behind those before it: less than one value. */
const INCOMPLETE = 999;
/** Values that may be asked for and not taken: what the credit lets go, what may wait, and one on its way in part. */
const MOST_AHEAD = (WINDOW + QUEUE) / 1_000 + 2;

const contract = defineCommands({ flood: command(), hold: command({ takesData: true }) });

describe('SPEC 8.5.6 an iterator whose loop body does not ask', () => {
  it('leaves the generator of the command in its yield', async () => {
    const clock = new VirtualClock();
    let yielded = 0;
    let resumed = 0;
    let closed = false;
    const commands = implement(contract, {
      async *flood() {
        try {
          for (;;) {
            yielded += 1;
            yield KILOBYTE;
            resumed += 1;
          }
        } finally {
          closed = true;
        }
      },
      hold: () => undefined,
    });
    const { mux } = connectPair(clock, commands, options);
    const values = mux.iterate('flood')[Symbol.asyncIterator]();
    const ask = async (): Promise<void> => {
      const next = values.next();
      await clock.settle();
      await next;
    };

    await ask();
    const atFirst = yielded;
    expect(atFirst).toBeGreaterThan(1);
    expect(atFirst).toBeLessThanOrEqual(1 + MOST_AHEAD);
    await clock.advance(60_000);
    expect([yielded, resumed]).toEqual([atFirst, atFirst - 1]);

    for (let asked = 2; asked <= 100; asked++) {
      await ask();
      expect(yielded).toBeLessThanOrEqual(asked + MOST_AHEAD);
      expect(resumed).toBe(yielded - 1);
    }
    expect(yielded).toBeGreaterThanOrEqual(100);

    await values.return?.();
    await clock.settle();
    expect(closed).toBe(true);
  });
});

describe('SPEC 8.5.6 an upload whose command does not read', () => {
  it('leaves its source unread, until the command reads on', async () => {
    const clock = new VirtualClock();
    let readOn = (): void => undefined;
    let taken = 0;
    const commands = implement(contract, {
      flood: () => undefined,
      async hold(_, { data }) {
        for await (const piece of data) {
          taken += piece.length;
          if (taken === piece.length) {
            await new Promise<void>((resolve) => {
              readOn = resolve;
            });
          }
        }
        return taken;
      },
    });
    const { mux } = connectPair(clock, commands, options);
    const pieces = 500;
    let reads = 0;
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (reads === pieces) controller.close();
          else controller.enqueue(new Uint8Array(1_000).fill(reads++));
        },
      },
      { highWaterMark: 0 },
    );
    const answer: unknown[] = [];
    mux.call('hold', {}, { data: source }).subscribe((value) => answer.push(value));
    await clock.settle();
    // What may come before any is taken (SPEC 8.5.3), what may wait here, and one on its way in part.
    const most = (16_384 + QUEUE) / 1_000 + 2;
    const unread = reads;
    expect(taken).toBeGreaterThan(0);
    expect(unread).toBeGreaterThan(1);
    expect(unread).toBeLessThanOrEqual(most);
    await clock.advance(60_000);
    expect(reads).toBe(unread);

    readOn();
    await clock.settle();
    expect(reads).toBe(pieces);
    expect(answer).toEqual([pieces * 1_000]);
  });
});

describe('SPEC 8.5.6 an Observable is credited as `next` returns', () => {
  /** A flood of that many values over a connection that can be run from inside `next`. */
  async function flooding(count: number) {
    const clock = new TurnClock();
    const told = { yielded: 0, closed: false };
    const commands = implement(contract, {
      *flood() {
        try {
          while (told.yielded < count) {
            told.yielded += 1;
            yield KILOBYTE;
          }
        } finally {
          told.closed = true;
        }
      },
      hold: () => undefined,
    });
    const { mux, server } = connectPair(clock, commands, options);
    await clock.settle();
    /** Plain bytes that the server was allowed to send so far. */
    const sent = (): number => server.snapshot().requests[0]?.bytes ?? 0;
    return { clock, mux, sent, told };
  }
  afterEach(() => {
    config.onUnhandledError = null;
  });

  it('and not before, however much passes over the connection meanwhile', async () => {
    const { clock, mux, sent } = await flooding(1_000);
    const inside: number[] = [];
    const subscription = mux.call('flood').subscribe(() => {
      // All that the client has to say reaches the server, whose answers to it come back, before `next` returns.
      clock.run();
      inside.push(sent());
      if (inside.length === 9) subscription.unsubscribe();
    });
    clock.run();
    // A whole window has come; nothing of it is given back before its values are taken.
    const first = inside.filter((bytes) => bytes === WINDOW);
    expect(first.length).toBeGreaterThanOrEqual(3);
    expect(inside.slice(0, first.length)).toEqual(first);
    expect(inside.at(-1)).toBeGreaterThan(WINDOW);
    for (const [at, bytes] of inside.entries()) {
      expect(bytes).toBeLessThanOrEqual(at * 1_000 + INCOMPLETE + WINDOW);
    }
  });

  it('also where it threw, which RxJS reports and does not pass on', async () => {
    const { clock, mux, sent } = await flooding(50);
    const reported: unknown[] = [];
    let allReported = (): void => undefined;
    const reports = new Promise<void>((resolve) => {
      allReported = resolve;
    });
    config.onUnhandledError = (error) => {
      if (reported.push(error) === 50) allReported();
    };
    let seen = 0;
    let most = 0;
    let completed = false;
    mux.call('flood').subscribe({
      next: () => {
        clock.run();
        most = Math.max(most, sent() - seen * 1_000);
        seen += 1;
        throw new RangeError('no');
      },
      complete: () => {
        completed = true;
      },
    });
    await clock.settle();
    await reports;
    expect([seen, completed]).toEqual([50, true]);
    expect(most).toBeLessThanOrEqual(INCOMPLETE + WINDOW);
    expect(new Set(reported.map(String))).toEqual(new Set(['RangeError: no']));
  });

  it('and never again once an operator threw: the command is stopped', async () => {
    const { clock, mux, sent, told } = await flooding(1_000);
    let failure: unknown;
    let most = 0;
    const failing = mux.call('flood').pipe(
      map(() => {
        clock.run();
        most = Math.max(most, sent());
        throw new RangeError('no');
      }),
    );
    failing.subscribe({
      error: (error: unknown) => {
        failure = error;
      },
    });
    await clock.settle();
    expect(String(failure)).toBe('RangeError: no');
    expect(most).toBe(WINDOW);
    expect(told.closed).toBe(true);
    expect(told.yielded).toBeLessThanOrEqual(MOST_AHEAD);
  });
});
