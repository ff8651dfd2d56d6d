import type { CancelResult, OutputAtom, ProgressUpdate, RedirectLocation, RequestState } from '@wiremux/client';
import { preview } from '../format/preview.js';
import type { Batch } from './newest.js';
import { addOutput, type OutputRun } from './output.js';
import { type Problem, problemOf } from './problem.js';

/** Newest values of a run that are kept. */
export const KEPT_VALUES = 50;

/** Progress topics that are kept; of those that ended the oldest go first. */
const KEPT_TOPICS = 64;

/** Where a run is on its way, and how it ended. */
export type RunPhase =
  | 'queued'
  | 'sent'
  | 'answering'
  | 'stopping'
  | 'completed'
  | 'redirected'
  | 'failed'
  | 'cancelled';

/** What a run was started with. */
export interface RunRequest {
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly file: File | undefined;
  /** Where its answer may be had instead; the page shows where, and does not fetch it. */
  readonly targets: readonly string[];
}

export interface RunValue {
  /** Counts from 0. */
  readonly index: number;
  readonly text: string;
}

export interface RunTopic extends ProgressUpdate {
  /** The command has said that the topic is over. */
  readonly isOver: boolean;
}

/** A run as its card shows it. Times are ms since the epoch. */
export interface RunView {
  readonly phase: RunPhase;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Values that have come. */
  readonly count: number;
  /** The newest of them, newest first. */
  readonly values: readonly RunValue[];
  readonly topics: readonly RunTopic[];
  /** Text output, its beginning cut off where there is much. */
  readonly output: readonly OutputRun[];
  readonly problem: Problem | undefined;
  /** What became of the command after it was cancelled. */
  readonly cancelResult: CancelResult | undefined;
  /** Where its answer is to be had. */
  readonly location: RedirectLocation | undefined;
}

export type RunEvent =
  | { readonly kind: 'state'; readonly state: RequestState; readonly at: number }
  | { readonly kind: 'values'; readonly batch: Batch<unknown> }
  | { readonly kind: 'progress'; readonly update: ProgressUpdate }
  | { readonly kind: 'output'; readonly atoms: readonly OutputAtom[] };

/** A run that has just been asked for. */
export function newRun(startedAt: number): RunView {
  return {
    phase: 'queued',
    startedAt,
    endedAt: undefined,
    count: 0,
    values: [],
    topics: [],
    output: [],
    problem: undefined,
    cancelResult: undefined,
    location: undefined,
  };
}

/** Whether the run can still say something. */
export function isRunning(run: RunView): boolean {
  return run.endedAt === undefined;
}

/** The run after an event. What it keeps is bounded whatever the command sends. */
export function reduceRun(run: RunView, event: RunEvent): RunView {
  switch (event.kind) {
    case 'state':
      return enter(run, event.state, event.at);
    case 'values':
      return addValues(run, event.batch);
    case 'progress':
      return { ...run, topics: updateTopics(run.topics, event.update) };
    case 'output':
      return { ...run, output: addOutput(run.output, event.atoms) };
  }
}

function enter(run: RunView, state: RequestState, at: number): RunView {
  switch (state.state) {
    case 'idle':
      return run;
    case 'queued':
    case 'sent':
    case 'answering':
    case 'stopping':
      return { ...run, phase: state.state };
    case 'restarting':
      return { ...run, phase: 'queued' };
    case 'following':
      return { ...run, phase: 'answering' };
    case 'ended':
      switch (state.how) {
        case 'completed':
          return { ...run, phase: 'completed', endedAt: at };
        case 'redirected':
          return { ...run, phase: 'redirected', endedAt: at, location: state.location };
        case 'failed':
          return { ...run, phase: 'failed', endedAt: at, problem: problemOf(state.error) };
        case 'cancelled':
          return { ...run, phase: 'cancelled', endedAt: at, cancelResult: state.result };
      }
  }
}

function addValues(run: RunView, { count, newest }: Batch<unknown>): RunView {
  const first = run.count + count - newest.length;
  const added = newest.map((value, offset) => ({ index: first + offset, text: preview(value) })).reverse();
  return { ...run, count: run.count + count, values: [...added, ...run.values].slice(0, KEPT_VALUES) };
}

function updateTopics(topics: readonly RunTopic[], update: ProgressUpdate): readonly RunTopic[] {
  const known = topics.find(({ topic }) => topic === update.topic);
  const isOver = update.pos < 0;
  const next: RunTopic = isOver && known !== undefined ? { ...known, isOver } : { ...update, isOver };
  if (known !== undefined) return topics.map((topic) => (topic === known ? next : topic));
  if (topics.length < KEPT_TOPICS) return [...topics, next];
  const oldest = topics.find((topic) => topic.isOver);
  return oldest === undefined ? topics : [...topics.filter((topic) => topic !== oldest), next];
}
