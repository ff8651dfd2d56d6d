import { effect, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatClock } from '../format/time.js';
import type { ChartSpec } from '../plots/chart.js';
import { createPlot } from '../plots/plot.js';
import type { ChartData } from '../state/board.js';
import type { LiveBoard } from '../state/page.js';
import { FreshnessNote } from './freshness-note.jsx';
import { Legend } from './legend.jsx';
import { usePage } from './page-context.js';

export interface PlotPanelProps {
  readonly chart: ChartSpec;
  readonly source: LiveBoard;
}

/** One plot with its title and its values: the newest, or those below the pointer. */
export function PlotPanel({ chart, source }: PlotPanelProps): JSX.Element {
  const { board, live } = source;
  const { isDrawing, palette } = usePage();
  const host = useRef<HTMLDivElement>(null);
  const shown = useSignal<ChartData>(board.dataOf(chart));
  const row = useSignal<number | null>(null);

  useEffect(() => {
    const element = host.current as HTMLDivElement;
    const plot = createPlot(element, chart, {
      palette: () => palette.peek(),
      onCursor: (index) => {
        row.value = index;
      },
    });
    const resizes = new ResizeObserver(() => plot.resize(element.clientWidth));
    resizes.observe(element);
    const stopDrawing = effect(() => {
      void board.samples.value;
      if (!isDrawing.value) return;
      shown.value = board.dataOf(chart);
      plot.draw(shown.value);
    });
    const stopColouring = effect(() => {
      void palette.value;
      plot.recolour();
    });
    return () => {
      stopDrawing();
      stopColouring();
      resizes.disconnect();
      plot.destroy();
    };
  }, [chart, board]);

  const { times, columns, latest, points, lastSeq } = shown.value;
  const at = row.value === null ? undefined : times[row.value];
  const values = at === undefined ? latest : columns.map((column) => column[row.value as number] ?? null);
  const freshness = live.freshness.value;
  return (
    <article
      class="panel plot-panel"
      data-testid={`plot-${chart.id}`}
      data-points={points}
      data-last-seq={lastSeq}
      data-stale={freshness.kind === 'stale'}
    >
      <header class="panel-header">
        <h3>{chart.title}</h3>
        {at === undefined ? (
          <FreshnessNote freshness={freshness} />
        ) : (
          <span class="freshness">at {formatClock(at * 1_000)}</span>
        )}
      </header>
      <Legend chart={chart} values={values} />
      <div class="plot" ref={host} role="img" aria-label={`${chart.title}, the last three minutes as a plot`} />
    </article>
  );
}
