import type { RequestOptions, Status } from '@wiremux/client';
import {
  asyncScheduler,
  defer,
  distinctUntilChanged,
  EMPTY,
  map,
  merge,
  type Observable,
  retry,
  type SchedulerLike,
  Subject,
  scan,
  switchMap,
  timer,
} from 'rxjs';
import { type Problem, problemOf } from './problem.js';

/** The part of a client that a feed needs. */
export interface FeedSource {
  readonly status$: Observable<Status>;
  call(name: string, args?: Readonly<Record<string, unknown>>, options?: RequestOptions): Observable<unknown>;
}

/** What a feed does with values that the page is too busy to take: a picture of now needs the newest only. */
export type Backlog = Pick<RequestOptions, 'slow' | 'keep'>;

const NEWEST: Backlog = { slow: 'latest' };

/** What comes of watching a command. */
export type FeedEvent =
  | { readonly kind: 'value'; readonly value: unknown }
  /** It ended though it should go on; it is asked for again, now and then, unless that would not help. */
  | { readonly kind: 'lost'; readonly problem: Problem };

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 30_000;

/** Errors that asking again on the same connection would not mend. */
const FINAL: ReadonlySet<string> = new Set(['unknown-command', 'bad-arguments', 'not-allowed', 'unsupported']);

/** The connection there is: each has a number of its own, and there may be none. */
interface CurrentConnection {
  readonly number: number;
  /** What was told of it last, but for `resuming`: requests outlive that, or fail by themselves. */
  readonly status: Status | undefined;
}

/** Another transport is another connection, and so is one without a word of leaving behind one that was about to be left. */
function follow(current: CurrentConnection, status: Status): CurrentConnection {
  const { number, status: before } = current;
  if (status.state === 'resuming') return current;
  const isOther =
    before?.state !== status.state ||
    (before.state === 'open' &&
      status.state === 'open' &&
      (before.transport !== status.transport || (before.leaving !== undefined && status.leaving === undefined)));
  return { number: isOther ? number + 1 : number, status };
}

/**
 * Runs a command for as long as somebody subscribes: anew on every connection, also when a WebSocket takes over from HTTP
 * or the client has moved away from a gateway that leaves, and after it failed. Never errors.
 */
export function watchCommand(
  source: FeedSource,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  backlog: Backlog = NEWEST,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<FeedEvent> {
  const answer$ = defer(() => {
    const lost$ = new Subject<FeedEvent>();
    const values$ = defer(() => source.call(name, args, { ...backlog, restart: true })).pipe(
      map((value): FeedEvent => ({ kind: 'value', value })),
      retry({
        resetOnSuccess: true,
        delay: (error, count) => {
          const problem = problemOf(error);
          lost$.next({ kind: 'lost', problem });
          return FINAL.has(problem.code) ? EMPTY : timer(delayAfter(count), scheduler);
        },
      }),
    );
    return merge(lost$, values$);
  });
  return source.status$.pipe(
    scan(follow, { number: 0, status: undefined }),
    distinctUntilChanged((one, other) => one.number === other.number),
    switchMap(({ status }) => (status?.state === 'open' ? answer$ : EMPTY)),
  );
}

function delayAfter(failures: number): number {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 1));
}
