import { peekNumber, peekTime } from '../state/peek.js';
import type { SeriesSpec } from './chart.js';

/** A line's values beside the recorder's times; null is a gap. */
export type Column = (number | null)[];

/** Rows kept whatever their times say, gap rows included. */
const MAX_ROWS = 2_048;

/**
 * The newest samples of a feed as columns to plot: times in seconds and one column per series. Counters become rates. A
 * sample that does not follow the last one (`seq`) leaves a gap, and no rate is taken across it. Rows older than
 * `span` seconds are dropped, so memory stays as it is however long the page is open.
 */
export class Recorder {
  /** Seconds since the epoch, ascending. */
  readonly times: number[] = [];
  /** In the order of the series, each as long as `times`. */
  readonly columns: readonly Column[];
  /** `seq` of the newest sample. */
  lastSeq: number | undefined;
  readonly #series: readonly SeriesSpec[];
  readonly #span: number;
  /** Which rows are gaps, beside `times`. */
  readonly #gaps: boolean[] = [];
  #counters: (number | null)[] = [];

  constructor(series: readonly SeriesSpec[], span: number) {
    this.#series = series;
    this.#span = span;
    this.columns = series.map(() => []);
  }

  /** Samples in view, gaps not counted. */
  get points(): number {
    return this.#gaps.filter((gap) => !gap).length;
  }

  /** Takes a sample `{seq, time, …}`; one without a time is ignored. */
  record(sample: unknown): void {
    const time = peekTime(sample, ['time']);
    if (time === null) return;
    const seq = peekNumber(sample, ['seq']) ?? undefined;
    const x = time / 1_000;
    const last = this.times.at(-1);
    if (last !== undefined && x <= last) this.#clear();
    const follows = this.times.length > 0 && this.lastSeq !== undefined && seq === this.lastSeq + 1;
    const elapsed = follows ? x - (this.times.at(-1) as number) : null;
    if (!follows && this.times.length > 0) this.#appendGap(x);
    this.#append(x, this.#read(sample, elapsed), false);
    this.lastSeq = seq;
    this.#trim(x - this.#span);
  }

  /** The newest value of each series. */
  latest(): (number | null)[] {
    return this.columns.map((column) => column.at(-1) ?? null);
  }

  #read(sample: unknown, elapsed: number | null): (number | null)[] {
    const before = this.#counters;
    const raw = this.#series.map(({ path }) => peekNumber(sample, path));
    this.#counters = raw;
    return this.#series.map(({ counter }, index) => {
      const value = raw[index] ?? null;
      return counter === true ? rate(before[index] ?? null, value, elapsed) : value;
    });
  }

  #appendGap(before: number): void {
    const between = ((this.times.at(-1) as number) + before) / 2;
    this.#append(between, [], true);
  }

  #append(x: number, values: readonly (number | null)[], isGap: boolean): void {
    this.times.push(x);
    this.#gaps.push(isGap);
    for (const [index, column] of this.columns.entries()) column.push(values[index] ?? null);
  }

  #trim(oldest: number): void {
    let drop = Math.max(0, this.times.length - MAX_ROWS);
    while ((this.times[drop] as number) < oldest) drop++;
    if (drop === 0) return;
    this.times.splice(0, drop);
    this.#gaps.splice(0, drop);
    for (const column of this.columns) column.splice(0, drop);
  }

  #clear(): void {
    this.times.length = 0;
    for (const column of this.columns) column.length = 0;
    this.#gaps.length = 0;
  }
}

/** Growth per second; null where there is none to tell, as after a counter began anew. */
function rate(before: number | null, now: number | null, elapsed: number | null): number | null {
  if (before === null || now === null || elapsed === null || now < before) return null;
  return (now - before) / elapsed;
}
