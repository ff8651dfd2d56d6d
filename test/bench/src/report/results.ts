import type { Metric } from '../workload.js';

/** One round: metric keys to what each peer gave. */
export type Round = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Everything a run found out; written as JSON. */
export interface Results {
  readonly began: string;
  readonly node: string;
  readonly cpus: { readonly model: string; readonly count: number };
  /** What was compared, with the versions of its packages. */
  readonly peers: readonly { readonly name: string; readonly about: string; readonly versions: readonly string[] }[];
  readonly metrics: readonly Metric[];
  readonly rounds: readonly Round[];
  /** Client bundles, bytes of gzip. */
  readonly bundles: Readonly<Record<string, number>>;
}

/** Several numbers as people read them. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Undefined without numbers. */
function spreadOf(numbers: readonly number[]): Spread | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return undefined;
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? min;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
  return { median, min, max };
}

/** What a peer gave for a metric, over all rounds. */
export function figure({ rounds }: Results, metric: string, peer: string): Spread | undefined {
  return spreadOf(rounds.flatMap((round) => round[metric]?.[peer] ?? []));
}

/** Our figure divided by another's of the same round, over all rounds: noise that both had cancels out. */
function ratio({ rounds }: Results, metric: Metric, peer: string, otherKey: string = metric.key): Spread | undefined {
  return spreadOf(
    rounds.flatMap((round) => {
      const ours = round[metric.key]?.['wiremux'];
      const theirs = round[otherKey]?.[peer];
      return ours === undefined || theirs === undefined ? [] : ours / theirs;
    }),
  );
}

/** How a metric stands to its goal. */
export interface GoalResult {
  readonly metric: Metric;
  readonly goal: NonNullable<Metric['goal']>;
  readonly ratio: Spread;
  readonly reached: boolean;
}

/** Every metric with a goal that was measured. */
export function goals(results: Results): GoalResult[] {
  return results.metrics.flatMap((metric) => {
    const { goal } = metric;
    const found = goal && ratio(results, metric, goal.peer, goal.metric);
    if (goal === undefined || found === undefined) return [];
    const reached = metric.better === 'higher' ? found.median >= goal.ratio : found.median <= goal.ratio;
    return [{ metric, goal, ratio: found, reached }];
  });
}
