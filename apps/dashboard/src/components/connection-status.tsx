import type { JSX } from 'preact';
import { formatDuration } from '../format/time.js';
import type { ConnectionView } from '../state/connection.js';
import { usePage } from './page-context.js';

/** The state of the connection, in a few words. */
export function ConnectionStatus(): JSX.Element {
  const { connection, now } = usePage();
  const view = connection.value;
  return (
    <p class="status" data-testid="status" data-state={view.phase}>
      <span class="status-dot" />
      <span>{statusText(view, now.value)}</span>
      {view.phase === 'open' && (
        <>
          <span class="status-detail" data-testid="dialect">
            {view.dialect}
          </span>
          <span class="status-detail" data-testid="transport" title={view.transportReason}>
            {view.transport === 'http' ? 'HTTP' : 'WebSocket'}
          </span>
          {view.resumable && (
            <span class="status-detail" data-testid="session" title="What runs goes on after a lost connection.">
              Session
            </span>
          )}
        </>
      )}
    </p>
  );
}

function statusText({ phase, attempt, retryAt, movesAt }: ConnectionView, now: number): string {
  switch (phase) {
    case 'open':
      return movesAt === undefined ? 'Open' : `Gateway leaving, moving in ${wholeSeconds(movesAt - now)}`;
    case 'connecting':
      return attempt > 1 ? `Connecting, attempt ${attempt}` : 'Connecting';
    case 'waiting':
      return `Retry in ${wholeSeconds((retryAt ?? now) - now)}`;
    case 'resuming':
      return retryAt === undefined ? 'Resuming' : `Resuming in ${wholeSeconds(retryAt - now)}`;
    case 'closed':
      return 'Closed';
  }
}

function wholeSeconds(ms: number): string {
  return ms < 60_000 ? `${Math.max(0, Math.ceil(ms / 1_000))} s` : formatDuration(ms);
}
