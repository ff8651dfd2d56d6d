import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ChartSpec } from '../plots/chart.js';
import { type Column, Recorder } from '../plots/recorder.js';
import { peekNumber } from './peek.js';

/** Seconds a plot shows. */
export const PLOT_WINDOW = 180;

/** What one chart draws now. */
export interface ChartData {
  /** Seconds since the epoch. */
  readonly times: readonly number[];
  readonly columns: readonly Column[];
  /** Newest value of each series. */
  readonly latest: readonly (number | null)[];
  /** Top of the scale where the chart fixes it. */
  readonly top: number | undefined;
  /** Samples in view. */
  readonly points: number;
  readonly lastSeq: number | undefined;
}

/** The charts of one feed and the samples they show. */
export class Board {
  readonly #plan: (sample: unknown) => readonly ChartSpec[];
  readonly #charts: Signal<readonly ChartSpec[]>;
  readonly #samples: Signal<number> = signal(0);
  #recorder: Recorder;
  #sample: unknown;

  /** `plan` says which charts suit a sample (undefined: none has come); it returns the same array for samples alike. */
  constructor(plan: (sample: unknown) => readonly ChartSpec[]) {
    this.#plan = plan;
    this.#charts = signal(plan(undefined));
    this.#recorder = recorderFor(this.#charts.value);
  }

  get charts(): ReadonlySignal<readonly ChartSpec[]> {
    return this.#charts;
  }

  /** Samples taken so far: changes with each, for those who redraw. */
  get samples(): ReadonlySignal<number> {
    return this.#samples;
  }

  record(sample: unknown): void {
    const charts = this.#plan(sample);
    if (charts !== this.#charts.value) {
      this.#recorder = recorderFor(charts);
      this.#charts.value = charts;
    }
    this.#sample = sample;
    this.#recorder.record(sample);
    this.#samples.value++;
  }

  /** What there is to draw of a chart at this moment: nothing, if it is none of the charts of now. */
  dataOf(chart: ChartSpec): ChartData {
    const place = this.#charts.peek().indexOf(chart);
    if (place < 0) return nothingOf(chart);
    const from = this.#charts
      .peek()
      .slice(0, place)
      .reduce((columns, { series }) => columns + series.length, 0);
    const to = from + chart.series.length;
    const { times, columns, points, lastSeq } = this.#recorder;
    const latest = this.#recorder.latest().slice(from, to);
    return { times, columns: columns.slice(from, to), latest, top: this.#topOf(chart), points, lastSeq };
  }

  #topOf({ top }: ChartSpec): number | undefined {
    return typeof top === 'object' ? (peekNumber(this.#sample, top) ?? undefined) : top;
  }
}

function nothingOf({ series }: ChartSpec): ChartData {
  const columns = series.map((): Column => []);
  return { times: [], columns, latest: series.map(() => null), top: undefined, points: 0, lastSeq: undefined };
}

function recorderFor(charts: readonly ChartSpec[]): Recorder {
  return new Recorder(
    charts.flatMap(({ series }) => series),
    PLOT_WINDOW,
  );
}
