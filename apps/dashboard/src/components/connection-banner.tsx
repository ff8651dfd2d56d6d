import type { JSX } from 'preact';
import { formatAgo, formatClock } from '../format/time.js';
import type { ConnectionView } from '../state/connection.js';
import { Icon } from './icon.jsx';
import { usePage } from './page-context.js';

/** Says that there is no connection, since when and why. Nothing while there is one. */
export function ConnectionBanner(): JSX.Element | null {
  const { connection, now, capabilities } = usePage();
  const { phase, downSince, problem } = connection.value;
  if (downSince === undefined) return null;
  const hadOne = capabilities.value !== undefined;
  return (
    <div class="banner" data-testid="connection-banner">
      <Icon name="warning" />
      <div>
        <p>
          <strong>{hadOne ? 'Connection to the gateway lost' : 'The gateway could not be reached'}</strong> at{' '}
          {formatClock(downSince)}, {formatAgo(now.value - downSince)}.{hadOne && ' What you see below is from before.'}{' '}
          {nextStep(phase)}
        </p>
        {problem !== undefined && (
          <p class="banner-reason">
            <code>{problem.code}</code> {problem.message}
          </p>
        )}
      </div>
    </div>
  );
}

function nextStep(phase: ConnectionView['phase']): string {
  switch (phase) {
    case 'closed':
      return 'Reload the page to connect again.';
    case 'resuming':
      return 'What runs goes on where it was once the page is connected again.';
    default:
      return 'The page goes on trying.';
  }
}
