import uPlot from 'uplot';
import { formatTick } from '../format/units.js';
import { type ChartData, PLOT_WINDOW } from '../state/board.js';
import type { ChartSpec } from './chart.js';
import type { Palette } from './palette.js';
import { scaleTop } from './scale.js';

/** A chart on a canvas. */
export interface Plot {
  /** Draws this data in place of what is there. */
  draw(data: ChartData): void;
  /** Draws again in the colours of now. */
  recolour(): void;
  resize(width: number): void;
  destroy(): void;
}

export interface PlotOptions {
  readonly palette: () => Palette;
  /** Is told the row below the pointer, null when it has left. All plots of the page share the pointer's time. */
  readonly onCursor: (row: number | null) => void;
}

const HEIGHT = 128;
const AXIS_WIDTH = 58;
const FONT = '11px system-ui, sans-serif';
const TICK_EVERY = 60;

/** Makes a plot of the chart inside `host`. */
export function createPlot(host: HTMLElement, chart: ChartSpec, { palette, onCursor }: PlotOptions): Plot {
  let top: number | undefined;
  const axis: uPlot.Axis = {
    stroke: () => palette().text,
    grid: { stroke: () => palette().grid, width: 1 },
    ticks: { show: false },
    font: FONT,
  };
  const plot = new uPlot(
    {
      width: Math.max(1, host.clientWidth),
      height: HEIGHT,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: 'time', scales: ['x', null] },
        points: { size: 6 },
      },
      hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)] },
      scales: {
        x: { range: (_, _min, max) => [(max ?? PLOT_WINDOW) - PLOT_WINDOW, max ?? PLOT_WINDOW] },
        y: { range: (_, _min, max) => [0, top ?? scaleTop(max ?? 0, chart.unit)] },
      },
      axes: [
        { ...axis, size: 22, gap: 4, splits: (_, _axis, min, max) => ticksBetween(min, max), values: labelAges },
        {
          ...axis,
          size: AXIS_WIDTH,
          gap: 6,
          splits: (_, _axis, min, max) => [min, (min + max) / 2, max],
          values: (_, ticks) => ticks.map((tick) => formatTick(tick, chart.unit)),
        },
      ],
      series: [{}, ...chart.series.map((_, index) => lineOf(chart, index, palette))],
    },
    [[], ...chart.series.map(() => [])],
    host,
  );
  return {
    draw(data) {
      top = data.top;
      plot.setData([data.times, ...data.columns] as unknown as uPlot.AlignedData);
    },
    recolour: () => plot.redraw(false),
    resize: (width) => plot.setSize({ width: Math.max(1, width), height: HEIGHT }),
    destroy: () => plot.destroy(),
  };
}

function lineOf(chart: ChartSpec, index: number, palette: () => Palette): uPlot.Series {
  const isQuiet = chart.series[index]?.quiet === true;
  const ink = (): string => {
    const { quiet, series } = palette();
    return isQuiet ? quiet : (series[index % series.length] ?? quiet);
  };
  const line: uPlot.Series = { stroke: ink, width: isQuiet ? 1 : 1.5, points: { size: 4 } };
  if (isQuiet) return { ...line, dash: [3, 3] };
  return index === 0 && chart.series.length <= 3 ? { ...line, fill: () => faded(ink()) } : line;
}

/** `rgb(1, 2, 3)` as a wash of itself. */
function faded(colour: string): string {
  return colour.replace('rgb(', 'rgba(').replace(')', ', 0.12)');
}

function ticksBetween(min: number, max: number): number[] {
  const ticks: number[] = [];
  for (let at = max - TICK_EVERY; at > min; at -= TICK_EVERY) ticks.unshift(at);
  return ticks;
}

/** Ages against the newest value, which is at the right edge. */
function labelAges({ scales }: uPlot, ticks: number[]): string[] {
  const edge = scales['x']?.max ?? 0;
  return ticks.map((tick) => `−${Math.round((edge - tick) / TICK_EVERY)} min`);
}
