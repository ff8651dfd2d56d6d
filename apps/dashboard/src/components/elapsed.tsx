import type { JSX } from 'preact';
import { formatDuration, formatMoment } from '../format/time.js';
import { NO_VALUE } from '../format/units.js';
import { usePage } from './page-context.js';

/** For how long something has been, since a moment in ms since the epoch. */
export function Elapsed({ since }: { readonly since: number | null }): JSX.Element {
  const { now, isPaused } = usePage();
  if (since === null) return <span>{NO_VALUE}</span>;
  const until = isPaused.value ? now.peek() : now.value;
  return (
    <time dateTime={new Date(since).toISOString()} title={formatMoment(since)}>
      {formatDuration(until - since)}
    </time>
  );
}
