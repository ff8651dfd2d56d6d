import { type RequestOptions, type Status, WiremuxError } from '@wiremux/client';
import { BehaviorSubject, Observable, Subject, type Subscription, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type FeedEvent, watchCommand } from '../../src/state/feed.js';

const OPEN: Status = { state: 'open', transport: 'websocket', dialect: 'wiremux.1', resumable: true };
const LOST: Status = {
  state: 'waiting',
  attempt: 1,
  retryIn: 100,
  reason: new WiremuxError('connection-lost', 'Gone.'),
};

/** A gateway whose answers the test gives, and what is seen of them. */
class Rehearsal {
  readonly status$: BehaviorSubject<Status> = new BehaviorSubject<Status>(LOST);
  readonly scheduler: VirtualTimeScheduler = new VirtualTimeScheduler();
  readonly calls: Subject<unknown>[] = [];
  readonly seen: unknown[] = [];
  readonly subscription: Subscription;

  constructor() {
    this.subscription = watchCommand(this, 'host.metrics', { every: 5 }, undefined, this.scheduler).subscribe(
      (event: FeedEvent) => {
        this.seen.push(event.kind === 'value' ? event.value : event.problem.code);
      },
    );
  }

  call(name: string, args?: Readonly<Record<string, unknown>>, options?: RequestOptions): Observable<unknown> {
    return new Observable((subscriber) => {
      expect({ name, args, options }).toEqual({
        name: 'host.metrics',
        args: { every: 5 },
        options: { slow: 'latest', restart: true },
      });
      const answer = new Subject<unknown>();
      this.calls.push(answer);
      return answer.subscribe(subscriber);
    });
  }

  fail(code: string): void {
    this.calls.at(-1)?.error(new WiremuxError(code, 'It failed.'));
  }
}

describe('watchCommand', () => {
  it('asks once there is a connection, and again on the next one', () => {
    const { status$, calls, seen } = new Rehearsal();
    expect(calls).toHaveLength(0);
    status$.next(OPEN);
    calls[0]?.next('a');
    status$.next(LOST);
    expect(calls[0]?.observed).toBe(false);
    status$.next(OPEN);
    calls[1]?.next('b');
    expect(seen).toEqual(['a', 'b']);
  });

  it('does not ask twice when the status changes while open', () => {
    const { status$, calls } = new Rehearsal();
    status$.next(OPEN);
    status$.next({ ...OPEN, agent: 'later' });
    expect(calls).toHaveLength(1);
  });

  it('stays with its request while the session is got back', () => {
    const { status$, calls, seen } = new Rehearsal();
    status$.next(OPEN);
    calls[0]?.next('a');
    status$.next({ state: 'resuming', attempt: 1, reason: new WiremuxError('connection-lost', 'Gone.') });
    expect(calls[0]?.observed).toBe(true);
    status$.next(OPEN);
    calls[0]?.next('b');
    expect(calls).toHaveLength(1);
    expect(seen).toEqual(['a', 'b']);
  });

  it('moves to a WebSocket that takes over from HTTP', () => {
    const { status$, calls } = new Rehearsal();
    status$.next({ ...OPEN, transport: 'http' });
    expect(calls).toHaveLength(1);
    status$.next(OPEN);
    expect(calls.map(({ observed }) => observed)).toEqual([false, true]);
  });

  it('moves with the client away from a gateway that leaves, once there is another connection', () => {
    const { status$, calls } = new Rehearsal();
    status$.next(OPEN);
    status$.next({ ...OPEN, leaving: { moveIn: 3_000 } });
    expect(calls.map(({ observed }) => observed)).toEqual([true]);
    status$.next(OPEN);
    expect(calls.map(({ observed }) => observed)).toEqual([false, true]);
  });

  it('asks again after a failure, later each time, and at first pace after a value', () => {
    const rehearsal = new Rehearsal();
    const { status$, calls, scheduler, seen } = rehearsal;
    status$.next(OPEN);
    const waits: number[] = [];
    for (let failure = 0; failure < 7; failure++) {
      const before = scheduler.now();
      rehearsal.fail('command-failed');
      scheduler.flush();
      waits.push(scheduler.now() - before);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    calls.at(-1)?.next('back');
    const before = scheduler.now();
    rehearsal.fail('command-failed');
    scheduler.flush();
    expect(scheduler.now() - before).toBe(1_000);
    expect(seen).toEqual([...waits.map(() => 'command-failed'), 'back', 'command-failed']);
  });

  it.each(['unknown-command', 'not-allowed', 'bad-arguments', 'unsupported'])(
    'asks no more on this connection after %s, but on the next',
    (code) => {
      const rehearsal = new Rehearsal();
      const { status$, calls, scheduler, seen } = rehearsal;
      status$.next(OPEN);
      rehearsal.fail(code);
      scheduler.flush();
      expect(calls).toHaveLength(1);
      expect(seen).toEqual([code]);
      status$.next(LOST);
      status$.next(OPEN);
      expect(calls).toHaveLength(2);
    },
  );

  it('cancels when nobody watches', () => {
    const { status$, calls, subscription } = new Rehearsal();
    status$.next(OPEN);
    subscription.unsubscribe();
    expect(calls[0]?.observed).toBe(false);
  });
});
