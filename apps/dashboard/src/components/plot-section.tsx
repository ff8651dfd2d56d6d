import type { JSX } from 'preact';
import type { LiveBoard } from '../state/page.js';
import { PlotPanel } from './plot-panel.jsx';
import { ProblemNote } from './problem-note.jsx';

export interface PlotSectionProps {
  readonly id: string;
  readonly title: string;
  readonly source: LiveBoard;
}

/** The plots of one feed. */
export function PlotSection({ id, title, source }: PlotSectionProps): JSX.Element {
  const { board, live } = source;
  const problem = live.problem.value;
  return (
    <section id={id} class="section" aria-labelledby={`${id}-title`}>
      <header class="section-header">
        <h2 id={`${id}-title`}>{title}</h2>
      </header>
      {problem !== undefined && <ProblemNote problem={problem} testId={`${id}-problem`} />}
      <div class="plots">
        {board.charts.value.map((chart) => (
          <PlotPanel key={chart.id} chart={chart} source={source} />
        ))}
      </div>
    </section>
  );
}
