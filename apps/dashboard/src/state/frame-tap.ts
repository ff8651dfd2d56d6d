import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Observable, Subscription } from 'rxjs';
import { type FrameFilter, type FrameRow, filterFrames, NO_FILTER, readFrames } from './frames.js';
import { type Problem, problemOf } from './problem.js';

/** Frames kept, the newest. */
export const KEPT_FRAMES = 2_000;
/** Ms between two batches: as often as an eye follows. */
const EVERY = 200;

/** The part of a client that a tap needs. */
export interface TapSource {
  call(name: string, args?: Readonly<Record<string, unknown>>): Observable<unknown>;
}

/** How far watching a connection is. */
export type TapPhase = 'off' | 'starting' | 'running' | 'ended';

/** Watches the frames of one connection, of the user's choice, while somebody looks. */
export class FrameTap {
  readonly filter: Signal<FrameFilter> = signal(NO_FILTER);
  /** Set: frames go on coming, and those shown stay. */
  readonly isPaused: Signal<boolean> = signal(false);
  readonly #source: TapSource;
  readonly #connection: Signal<string | undefined> = signal(undefined);
  readonly #phase: Signal<TapPhase> = signal('off');
  readonly #problem: Signal<Problem | undefined> = signal(undefined);
  readonly #newest: Signal<readonly FrameRow[]> = signal([]);
  readonly #kept: Signal<readonly FrameRow[]> = signal([]);
  readonly #counts: Signal<{ readonly total: number; readonly dropped: number; readonly missed: number }> =
    signal(NONE);
  #subscription: Subscription | undefined;

  /** @param isDrawing whether what comes is to be drawn at all */
  constructor(source: TapSource, isDrawing: ReadonlySignal<boolean>) {
    this.#source = source;
    effect(() => {
      if (isDrawing.value && !this.isPaused.value) this.#kept.value = this.#newest.value;
    });
  }

  /** Id of the connection that is, or was, watched. */
  get connection(): ReadonlySignal<string | undefined> {
    return this.#connection;
  }

  get phase(): ReadonlySignal<TapPhase> {
    return this.#phase;
  }

  get problem(): ReadonlySignal<Problem | undefined> {
    return this.#problem;
  }

  /** Frames that came, those the gateway left out, and bytes in which it could tell none. */
  get counts(): ReadonlySignal<{ readonly total: number; readonly dropped: number; readonly missed: number }> {
    return this.#counts;
  }

  /** The newest frames that pass the filter, the newest last. */
  readonly shown: ReadonlySignal<readonly FrameRow[]> = computed(() =>
    filterFrames(this.#kept.value, this.filter.value),
  );

  /** The types there are among the frames kept. */
  readonly types: ReadonlySignal<readonly string[]> = computed(() =>
    [...new Set(this.#kept.value.map(({ type }) => type))].sort(),
  );

  /** Frames that have come and are not drawn yet, because of the pause. */
  readonly waiting: ReadonlySignal<number> = computed(() => {
    const last = this.#kept.value.at(-1)?.seq ?? -1;
    return this.#newest.value.filter(({ seq }) => seq > last).length;
  });

  /** Watches this connection, and no other any more. */
  start(connection: string): void {
    this.stop();
    this.#connection.value = connection;
    this.#phase.value = 'starting';
    this.#subscription = this.#source.call('gateway.frames', { connection, every: EVERY }).subscribe({
      next: (value) => this.#take(value),
      error: (error: unknown) => {
        this.#problem.value = problemOf(error);
        this.#phase.value = 'ended';
      },
      complete: () => {
        this.#phase.value = 'ended';
      },
    });
  }

  /** Looks no more, and forgets what was seen. */
  stop(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    this.#connection.value = undefined;
    this.#phase.value = 'off';
    this.#problem.value = undefined;
    this.#counts.value = NONE;
    this.isPaused.value = false;
    this.filter.value = NO_FILTER;
    this.clear();
  }

  /** Forgets the frames seen so far. */
  clear(): void {
    this.#newest.value = [];
    this.#kept.value = [];
  }

  #take(value: unknown): void {
    const { frames, dropped, missed } = readFrames(value);
    const { total } = this.#counts.value;
    if (this.#phase.value === 'starting') this.#phase.value = 'running';
    this.#counts.value = { total: total + frames.length, dropped, missed };
    if (frames.length > 0) this.#newest.value = [...this.#newest.value, ...frames].slice(-KEPT_FRAMES);
  }
}

const NONE = { total: 0, dropped: 0, missed: 0 };
