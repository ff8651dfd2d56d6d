import { describe, expect, it } from 'vitest';
import { BLOCKED, QUANTUM, Scheduler, type Sendable } from '../../src/flow/scheduler.js';

/** Something that has so many frames to send, each of so many bytes. */
interface Source extends Sendable {
  readonly name: string;
  readonly bytes: number;
  left: number;
}

function source(name: string, channel: string, left: number, bytes = 1_000): Source {
  return {
    name,
    channel,
    bytes,
    left,
    waits: false,
    behind: undefined,
    get ready() {
      return this.left > 0;
    },
  };
}

const CHANNELS = [
  { name: 'default', weight: 4 },
  { name: 'bulk', weight: 1 },
];

/** Lets `count` frames go; the names of who sent them. */
function order(scheduler: Scheduler<Source>, count: number): string[] {
  const names: string[] = [];
  for (let sent = 0; sent < count; sent++) {
    const bytes = scheduler.next({
      sendFrame: (source) => {
        names.push(source.name);
        source.left--;
        return source.bytes;
      },
    });
    if (bytes === 0) break;
  }
  return names;
}

const woken = (...sources: Source[]): Scheduler<Source> => {
  const scheduler = new Scheduler<Source>(CHANNELS);
  for (const each of sources) scheduler.wake(each);
  return scheduler;
};

/** How many of the names are this one. */
const count = (names: readonly string[], name: string): number => names.filter((other) => other === name).length;

describe('SPEC 8.12 who sends next', () => {
  it('SPEC 8.12.4 lets the requests of one channel take turns frame by frame', () => {
    const scheduler = woken(source('a', 'default', 3), source('b', 'default', 1), source('c', 'default', 9));
    expect(order(scheduler, 100).join('')).toBe('abcacaccccccc');
    expect(scheduler.busy).toBe(false);
  });

  it('SPEC 8.12.3 shares between channels by their weights, whatever the size of their frames', () => {
    for (const [small, large] of [
      [1_000, 65_536],
      [65_536, 1_000],
      [65_536, 65_536],
      [1_000, 1_000],
    ] as const) {
      const sources = [source('d', 'default', 1e6, small), source('b', 'bulk', 1e6, large)];
      const names = order(woken(...sources), 4_000);
      const ratio = (count(names, 'd') * small) / (count(names, 'b') * large);
      expect(ratio).toBeGreaterThan(3.5);
      expect(ratio).toBeLessThan(4.5);
    }
  });

  it('SPEC 8.12.3 adds a quantum in each turn, and lets the last frame of a turn overdraw it', () => {
    const names = order(woken(source('d', 'default', 500), source('b', 'bulk', 500)), 500);
    const turns = names.join('').match(/d+|b+/g) ?? [];
    const most = Math.ceil((4 * QUANTUM) / 1_000);
    expect(turns[0]).toHaveLength(most);
    expect(turns[1]).toHaveLength(Math.ceil(QUANTUM / 1_000));
    expect(turns.slice(0, -1).every(({ length }) => length <= most)).toBe(true);
  });

  it('SPEC 8.12.3 has a channel pay its debt also when it had nothing to send for a moment', () => {
    const bulk = source('b', 'bulk', 1, 65_536);
    const scheduler = woken(bulk, source('d', 'default', 1e6, 4_096));
    const names: string[] = [];
    for (let round = 0; round < 2_000; round++) {
      names.push(...order(scheduler, 1));
      bulk.left = 1;
      scheduler.wake(bulk);
    }
    const ratio = (count(names, 'd') * 4_096) / (count(names, 'b') * 65_536);
    expect(ratio).toBeGreaterThan(3.5);
    expect(ratio).toBeLessThan(4.5);
  });

  it('SPEC 8.12.3 forgets debts when nobody has anything to send', () => {
    const bulk = source('b', 'bulk', 1, 10 * QUANTUM);
    const scheduler = woken(bulk);
    expect(order(scheduler, 5)).toEqual(['b']);
    bulk.left = 1;
    scheduler.wake(bulk);
    scheduler.wake(source('d', 'default', 1));
    expect(order(scheduler, 5)).toEqual(['b', 'd']);
  });

  it('SPEC 8.12.3 takes what is left of its deficit from a channel with nothing to send', () => {
    const quick = source('d', 'default', 1);
    const scheduler = woken(quick, source('b', 'bulk', 1e6));
    for (let round = 0; round < 100; round++) {
      order(scheduler, 1);
      quick.left = 1;
      scheduler.wake(quick);
    }
    quick.left = 1_000;
    const turn = /^b*(d+)/.exec(order(scheduler, 300).join(''))?.[1] ?? '';
    expect(turn.length).toBeLessThanOrEqual(Math.ceil((4 * QUANTUM) / 1_000));
  });

  it('SPEC 8.12.3 passes over those that wait for credit, and does not forget them', () => {
    const poor = source('p', 'default', 2);
    const scheduler = woken(poor, source('d', 'default', 2));
    poor.left = 0;
    expect(order(scheduler, 100)).toEqual(['d', 'd']);
    scheduler.wake(poor);
    expect(scheduler.busy).toBe(false);
    poor.left = 1;
    scheduler.wake(poor);
    scheduler.wake(poor);
    expect(order(scheduler, 100)).toEqual(['p']);
  });

  it('SPEC 8.12.3 ends a turn that was overdrawn also where its request has no more', () => {
    const scheduler = woken(source('a', 'default', 1, 5 * QUANTUM), source('b', 'default', 1), source('c', 'bulk', 1));
    expect(order(scheduler, 9)).toEqual(['a', 'c', 'b']);
  });

  it('is not busy once the last frame went', () => {
    const scheduler = woken(source('a', 'default', 2));
    order(scheduler, 1);
    expect(scheduler.busy).toBe(true);
    order(scheduler, 1);
    expect(scheduler.busy).toBe(false);
  });

  it('keeps the turn of one whose frame does not fit just now', () => {
    const scheduler = woken(source('a', 'default', 1), source('b', 'default', 1));
    const asked: string[] = [];
    for (let tries = 0; tries < 3; tries++) {
      expect(
        scheduler.next({
          sendFrame: ({ name }) => {
            asked.push(name);
            return 0;
          },
        }),
      ).toBe(0);
    }
    expect(asked).toEqual(['a', 'a', 'a']);
    expect(order(scheduler, 100)).toEqual(['a', 'b']);
  });

  it.each([
    [[], 'no channel'],
    [[{ name: 'bulk', weight: 1 }], 'no channel `default`'],
    [[{ name: 'default', weight: 0 }], 'a weight of 0'],
    [[{ name: 'default', weight: 257 }], 'a weight past 256'],
    [[{ name: 'default', weight: Number.NaN }], 'a weight that is no number'],
  ])('SPEC 8.12.1 refuses %j: %s', (channels) => {
    const message = expect.stringMatching(/channel `(bulk|default)`/) as string;
    expect(() => new Scheduler(channels)).toThrow(expect.objectContaining({ code: 'unsupported', message }));
  });

  it('SPEC 8.12.1 takes weights from 1 to 256', () => {
    const scheduler = new Scheduler([
      { name: 'default', weight: 1 },
      { name: 'more', weight: 256 },
    ]);
    expect([scheduler.has('default'), scheduler.has('more'), scheduler.has('bulk')]).toEqual([true, true, false]);
  });
});

describe('SPEC 8.12.10 a channel that is blocked', () => {
  /** As `order`, with channels of which nothing may go. */
  function orderBut(scheduler: Scheduler<Source>, count: number, blocked: readonly string[]): string[] {
    const names: string[] = [];
    for (let sent = 0; sent < count; sent++) {
      const bytes = scheduler.next({
        sendFrame: (source) => {
          if (blocked.includes(source.channel)) return BLOCKED;
          names.push(source.name);
          source.left--;
          return source.bytes;
        },
      });
      if (bytes === 0) break;
    }
    return names;
  }

  it('leaves the turns to the others, and is not busy by itself', () => {
    const scheduler = woken(source('a', 'default', 3), source('b', 'bulk', 2));
    expect(orderBut(scheduler, 9, ['default'])).toEqual(['b', 'b']);
    expect(scheduler.busy).toBe(false);
    const late = source('c', 'default', 1);
    scheduler.wake(late);
    expect([scheduler.busy, order(scheduler, 9)]).toEqual([false, []]);
    scheduler.unblock();
    expect(scheduler.busy).toBe(true);
    expect(order(scheduler, 9)).toEqual(['a', 'c', 'a', 'a']);
  });

  it('may find that it still is', () => {
    const scheduler = woken(source('a', 'default', 1));
    for (let time = 0; time < 3; time++) {
      expect(orderBut(scheduler, 9, ['default'])).toEqual([]);
      expect(scheduler.busy).toBe(false);
      scheduler.unblock();
      expect(scheduler.busy).toBe(true);
    }
    expect(order(scheduler, 9)).toEqual(['a']);
    expect(scheduler.busy).toBe(false);
    scheduler.unblock();
    expect(scheduler.busy).toBe(false);
  });

  it('may wait again, empty, for what comes later', () => {
    const scheduler = woken(source('a', 'default', 1));
    expect(orderBut(scheduler, 9, ['default'])).toEqual([]);
    scheduler.unblock();
    expect(order(scheduler, 9)).toEqual(['a']);
    scheduler.wake(source('b', 'default', 1));
    expect(order(scheduler, 9)).toEqual(['b']);
  });

  it('SPEC 8.12.3 counts as one that has something to send: debts are kept beside it', () => {
    const debtor = source('d', 'default', 1, 40 * QUANTUM);
    const scheduler = woken(source('a', 'bulk', 20, QUANTUM), debtor);
    expect(orderBut(scheduler, 9, ['bulk'])).toEqual(['d']);
    scheduler.unblock();
    debtor.left = 1;
    scheduler.wake(debtor);
    expect(order(scheduler, 30).indexOf('d')).toBeGreaterThan(5);
  });

  it('keeps its debt while it waits', () => {
    const debtor = source('a', 'bulk', 2, 3 * QUANTUM);
    const scheduler = woken(debtor);
    expect(order(scheduler, 1)).toEqual(['a']);
    scheduler.wake(source('b', 'default', 1, 10));
    expect(orderBut(scheduler, 9, ['bulk'])).toEqual(['b']);
    scheduler.wake(source('c', 'default', 12, QUANTUM));
    scheduler.unblock();
    expect(order(scheduler, 9).indexOf('a')).toBeGreaterThan(3);
  });
});
