import type { JSX } from 'preact';
import { formatCount } from '../format/units.js';
import { usePage } from './page-context.js';
import { RunCard } from './run-card.jsx';

/** The runs of the page, newest first. */
export function RunList(): JSX.Element | null {
  const { runs } = usePage();
  const list = runs.list.value;
  if (list.length === 0) return null;
  return (
    <section class="section" aria-labelledby="runs-title" data-testid="runs">
      <header class="section-header">
        <h2 id="runs-title">
          Runs <span class="count">{formatCount(list.length)}</span>
        </h2>
      </header>
      <div class="run-list">
        {list.map((run) => (
          <RunCard key={run.id} run={run} />
        ))}
      </div>
    </section>
  );
}
