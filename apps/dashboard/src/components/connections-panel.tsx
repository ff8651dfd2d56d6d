import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { formatCount } from '../format/units.js';
import { filterConnections } from '../state/connections.js';
import { ConnectionRows } from './connection-rows.jsx';
import { FreshnessNote } from './freshness-note.jsx';
import { usePage } from './page-context.js';
import { ProblemNote } from './problem-note.jsx';

/** Rows in the page at once; a filter finds the others. */
const MAX_ROWS = 100;

/** The connections of the gateway, each with what is on it. */
export function ConnectionsPanel(): JSX.Element {
  const { connections } = usePage();
  const filter = useSignal('');
  const found = useComputed(() => filterConnections(connections.rows.value, filter.value));
  const { freshness, problem } = connections.live;
  const all = connections.rows.value.length;
  const shown = found.value.slice(0, MAX_ROWS);
  return (
    <section id="connections" class="section" aria-labelledby="connections-title">
      <header class="section-header">
        <h2 id="connections-title">
          Connections <span class="count">{formatCount(all)}</span>
        </h2>
        <FreshnessNote freshness={freshness.value} />
        <label class="filter">
          <span>Filter</span>
          <input
            type="search"
            data-testid="connections-filter"
            placeholder="id, address, command …"
            value={filter.value}
            onInput={(event) => {
              filter.value = event.currentTarget.value;
            }}
          />
        </label>
      </header>
      {problem.value !== undefined && <ProblemNote problem={problem.value} testId="connections-problem" />}
      <div class="panel table-panel" data-stale={freshness.value.kind === 'stale'}>
        <table class="data connections" data-testid="connections">
          <caption class="visually-hidden">Connections of the gateway</caption>
          <thead>
            <tr>
              <th scope="col">Connection</th>
              <th scope="col">Principal</th>
              <th scope="col">Remote</th>
              <th scope="col">Dialect</th>
              <th scope="col">Since</th>
              <th scope="col" class="number">
                Channels
              </th>
              <th scope="col" class="number">
                Requests
              </th>
            </tr>
          </thead>
          {shown.map((row) => (
            <ConnectionRows key={row.id} row={row} />
          ))}
        </table>
        {shown.length === 0 && (
          <p class="empty">{all === 0 ? 'No connections to show.' : 'No connection matches the filter.'}</p>
        )}
        {found.value.length > shown.length && (
          <p class="empty">
            The first {formatCount(shown.length)} of {formatCount(found.value.length)}. Filter to find others.
          </p>
        )}
      </div>
    </section>
  );
}
