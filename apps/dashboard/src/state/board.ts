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

  /** What there is to draw of a chart of this board, at this moment. */
  dataOf(chart: ChartSpec): ChartData {
    const from = this.#firstColumn(chart);
    const to = from + chart.series.length;
    const { times, columns, points, lastSeq } = this.#recorder;
    const top = typeof chart.top === 'object' ? (peekNumber(this.#sample, chart.top) ?? undefined) : chart.top;
    return { times, columns: columns.slice(from, to), latest: this.#recorder.latest().slice(from, to), top, points, lastSeq };
  }

  #firstColumn(chart: ChartSpec): number {
    const charts = this.#charts.peek();
    return charts.slice(0, charts.indexOf(chart)).reduce((columns, { series }) => columns + series.length, 0);
  }
}

function recorderFor(charts: readonly ChartSpec[]): Recorder {
  return new Recorder(
    charts.flatMap(({ series }) => series),
    PLOT_WINDOW,
  );
}
