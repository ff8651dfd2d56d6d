import { formatUnit } from '../format/units.js';
import type { Board } from './board.js';
import type { ConnectionView } from './connection.js';
import type { RunHandle } from './runs.js';

/** The state of the connection, said once for each change of it that matters. */
export function connectionSentence({ phase, movesAt, downSince, problem }: ConnectionView): string {
  if (movesAt !== undefined) return 'The gateway is about to leave. The page moves to another.';
  if (phase === 'open') return 'Connected to the gateway.';
  if (downSince === undefined) return 'Connecting to the gateway.';
  if (phase === 'closed') return `The connection is closed. ${problem?.message ?? ''}`;
  if (phase === 'resuming')
    return 'The connection to the gateway was lost. What runs goes on where it was once it is back.';
  return 'No connection to the gateway. The page goes on trying.';
}

/** How the newest run ended; empty while it goes on. */
export function runSentence(runs: readonly RunHandle[]): string {
  const run = runs[0];
  if (run === undefined) return '';
  const { phase, problem } = run.view.value;
  switch (phase) {
    case 'completed':
      return `${run.request.command} completed.`;
    case 'redirected':
      return `${run.request.command} was redirected.`;
    case 'cancelled':
      return `${run.request.command} was cancelled.`;
    case 'failed':
      return `${run.request.command} failed. ${problem?.message ?? ''}`;
    default:
      return '';
  }
}

/** The charts whose first line says most about how things are. */
const TELLING: ReadonlySet<string> = new Set(['cpu', 'memory', 'connections', 'event-loop']);

/** The newest values of a few telling charts, in a sentence each. */
export function summarySentence(...boards: readonly Board[]): string {
  return boards
    .flatMap((board) => board.charts.peek().map((chart) => ({ chart, value: board.dataOf(chart).latest[0] ?? null })))
    .filter(({ chart }) => TELLING.has(chart.id))
    .map(({ chart, value }) => `${chart.title}: ${chart.series[0]?.label} ${formatUnit(value, chart.unit)}.`)
    .join(' ');
}
