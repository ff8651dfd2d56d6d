import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Backlog, type FeedSource, watchCommand } from './feed.js';
import { type Freshness, freshnessOf } from './freshness.js';
import type { Problem } from './problem.js';

/** How a feed is doing. */
export interface Live {
  readonly freshness: ReadonlySignal<Freshness>;
  /** Why it failed although there is a connection; undefined while it runs. */
  readonly problem: ReadonlySignal<Problem | undefined>;
}

export interface LiveOptions {
  readonly command: string;
  /** Ms between values. */
  readonly every: number;
  /** Default: the newest value only. */
  readonly backlog?: Backlog;
  /** Is given each value. */
  readonly take: (value: unknown) => void;
  readonly isOpen: ReadonlySignal<boolean>;
  /** The time, which ticks. */
  readonly now: ReadonlySignal<number>;
}

/** Watches a command that sends a value every so often, for as long as the page lives. */
export function goLive(source: FeedSource, { command, every, backlog, take, isOpen, now }: LiveOptions): Live {
  const lastAt = signal<number | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  watchCommand(source, command, { every }, backlog).subscribe((event) => {
    if (event.kind === 'lost') {
      problem.value = event.problem;
      return;
    }
    problem.value = undefined;
    lastAt.value = Date.now();
    take(event.value);
  });
  return {
    freshness: computed(() =>
      freshnessOf(
        lastAt.value,
        isOpen.value && problem.value === undefined,
        Math.max(now.value, lastAt.value ?? 0),
        every,
      ),
    ),
    problem: computed(() => (isOpen.value ? problem.value : undefined)),
  };
}
