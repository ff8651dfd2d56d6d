import type { Unit } from '../format/units.js';
import type { Path } from '../state/peek.js';

/** One line of a chart. */
export interface SeriesSpec {
  readonly label: string;
  /** Where its number is in a sample. */
  readonly path: Path;
  /** Whether that number is a counter, whose growth per second is drawn. */
  readonly counter?: boolean;
  /** A line to compare others with, drawn back. */
  readonly quiet?: boolean;
}

/** What one plot shows of the samples of a feed. */
export interface ChartSpec {
  /** Unique on the page, for test hooks and ids. */
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly series: readonly SeriesSpec[];
  /** Top of the scale: fixed, or a place in the sample. Without: a round number above the largest value in view. */
  readonly top?: number | Path;
}
