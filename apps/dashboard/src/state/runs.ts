import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { RequestHandle } from '@wiremux/client';
import {
  asyncScheduler,
  catchError,
  EMPTY,
  map,
  merge,
  type Observable,
  type SchedulerLike,
  type Subscription,
  scan,
  throttleTime,
} from 'rxjs';
import { newest } from './newest.js';
import { isRunning, KEPT_VALUES, newRun, type RunEvent, type RunRequest, type RunView, reduceRun } from './run.js';

/** Runs that are kept after they ended. */
const KEPT_RUNS = 20;

/** How often a run's card may change, ms. */
const REDRAW_PERIOD = 100;

/** What one run says. */
export type Answer = Pick<RequestHandle<unknown>, 'values$' | 'progress$' | 'output$' | 'state$'>;

/** The part of a client that runs need. */
export interface RunSource {
  request(
    name: string,
    args: Readonly<Record<string, unknown>>,
    options: {
      readonly signal: AbortSignal;
      readonly data?: Blob | undefined;
      readonly redirect?: { readonly targets: readonly string[] } | undefined;
    },
  ): Answer;
}

/** One run and what can be done with it. */
export interface RunHandle {
  readonly id: number;
  readonly request: RunRequest;
  readonly view: ReadonlySignal<RunView>;
  /** Cancels it; nothing happens once it has ended. */
  cancel(): void;
}

/** The runs of the page, newest first. */
export class Runs {
  readonly #source: RunSource;
  readonly #now: () => number;
  readonly #scheduler: SchedulerLike;
  readonly #list: Signal<readonly RunHandle[]> = signal([]);
  readonly #subscriptions = new Map<number, Subscription>();
  #count = 0;

  constructor(source: RunSource, now: () => number, scheduler: SchedulerLike = asyncScheduler) {
    this.#source = source;
    this.#now = now;
    this.#scheduler = scheduler;
  }

  get list(): ReadonlySignal<readonly RunHandle[]> {
    return this.#list;
  }

  /** Runs a command. */
  start(request: RunRequest): RunHandle {
    const abort = new AbortController();
    const view = signal(newRun(this.#now()));
    const run: RunHandle = { id: ++this.#count, request, view, cancel: () => abort.abort() };
    const { command, args, file, targets } = request;
    const redirect = targets.length === 0 ? undefined : { targets };
    const answer = this.#source.request(command, args, { signal: abort.signal, data: file, redirect });
    this.#list.value = [run, ...this.#withoutOldest()];
    const subscription = this.#eventsOf(answer)
      .pipe(
        scan(reduceRun, view.value),
        throttleTime(REDRAW_PERIOD, this.#scheduler, { leading: true, trailing: true }),
      )
      .subscribe((next) => {
        view.value = next;
      });
    this.#subscriptions.set(run.id, subscription);
    return run;
  }

  /** Takes a run off the list; one still running is cancelled. */
  dismiss(run: RunHandle): void {
    run.cancel();
    this.#subscriptions.get(run.id)?.unsubscribe();
    this.#subscriptions.delete(run.id);
    this.#list.value = this.#list.value.filter((other) => other !== run);
  }

  #withoutOldest(): readonly RunHandle[] {
    const ended = this.#list.value.filter(({ view }) => !isRunning(view.peek()));
    for (const run of ended.slice(KEPT_RUNS - 1)) this.dismiss(run);
    return this.#list.value;
  }

  #eventsOf(answer: Answer): Observable<RunEvent> {
    // The state tells how the run ended, so the values' own end says nothing new.
    const values$ = newest(answer.values$, KEPT_VALUES, REDRAW_PERIOD, this.#scheduler).pipe(catchError(() => EMPTY));
    return merge(
      answer.state$.pipe(map((state): RunEvent => ({ kind: 'state', state, at: this.#now() }))),
      answer.progress$.pipe(map((update): RunEvent => ({ kind: 'progress', update }))),
      answer.output$.pipe(map((atoms): RunEvent => ({ kind: 'output', atoms }))),
      values$.pipe(map((batch): RunEvent => ({ kind: 'values', batch }))),
    );
  }
}
