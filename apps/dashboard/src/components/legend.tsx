import type { JSX } from 'preact';
import { formatUnit } from '../format/units.js';
import type { ChartSpec } from '../plots/chart.js';
import { inkOf } from '../plots/palette.js';

export interface LegendProps {
  readonly chart: ChartSpec;
  /** One for each series. */
  readonly values: readonly (number | null)[];
}

/** What the lines of a plot are, and their values: the table that says in words what the plot shows. */
export function Legend({ chart, values }: LegendProps): JSX.Element {
  return (
    <table class="legend" data-unit={chart.unit}>
      <caption class="visually-hidden">{chart.title}, current values</caption>
      <tbody>
        {chart.series.map(({ label, quiet }, index) => (
          <tr key={label}>
            <th scope="row">
              <span class={`swatch ${inkOf(index, quiet === true)}`} />
              {label}
            </th>
            <td>{formatUnit(values[index] ?? null, chart.unit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
