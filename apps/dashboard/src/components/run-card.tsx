import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { preview } from '../format/preview.js';
import { formatRunTime } from '../format/time.js';
import { formatBytes, formatCount } from '../format/units.js';
import { isRunning, type RunPhase, type RunView } from '../state/run.js';
import type { RunHandle } from '../state/runs.js';
import { Icon } from './icon.jsx';
import { usePage } from './page-context.js';
import { ProblemNote } from './problem-note.jsx';
import { RunOutput } from './run-output.jsx';
import { RunProgress } from './run-progress.jsx';
import { RunRedirect } from './run-redirect.jsx';
import { RunValues } from './run-values.jsx';

const PHASE_TEXTS: Readonly<Record<RunPhase, string>> = {
  queued: 'waiting',
  sent: 'running',
  answering: 'answering',
  stopping: 'cancelling',
  completed: 'completed',
  redirected: 'redirected',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** One run: what was asked, how it goes, what came. */
export function RunCard({ run }: { readonly run: RunHandle }): JSX.Element {
  const { runs } = usePage();
  const { command, args, file } = run.request;
  const view = run.view.value;
  const titleId = `run-${run.id}-title`;
  const card = useRef<HTMLElement>(null);
  // The button that was pressed goes away, and would take the focus with it to the top of the page.
  const cancel = (): void => {
    card.current?.focus();
    run.cancel();
  };
  const dismiss = (): void => {
    const neighbour = card.current?.nextElementSibling ?? card.current?.previousElementSibling;
    const next = neighbour ?? document.getElementById('command-select');
    if (next instanceof HTMLElement) next.focus();
    runs.dismiss(run);
  };
  return (
    <article
      ref={card}
      tabIndex={-1}
      class="panel run-card"
      aria-labelledby={titleId}
      data-testid="run-card"
      data-command={command}
      data-state={view.phase}
    >
      <header class="panel-header">
        <h3 id={titleId}>{command}</h3>
        <span class={`badge badge-${view.phase}`} data-testid="run-state">
          {PHASE_TEXTS[view.phase]}
        </span>
        <span class="run-actions">
          {isRunning(view) && (
            <button
              type="button"
              data-testid="run-cancel"
              aria-describedby={titleId}
              disabled={view.phase === 'stopping'}
              onClick={cancel}
            >
              Cancel
            </button>
          )}
          {!isRunning(view) && (
            <button
              type="button"
              class="quiet"
              data-testid="run-dismiss"
              aria-describedby={titleId}
              title="Dismiss"
              onClick={dismiss}
            >
              <Icon name="close" />
              <span class="visually-hidden">Dismiss</span>
            </button>
          )}
        </span>
      </header>
      <p class="run-request">
        {Object.keys(args).length > 0 && <code>{preview(args)}</code>}
        {file !== undefined && (
          <span>
            {file.name} ({formatBytes(file.size)})
          </span>
        )}
      </p>
      <p class="run-figures">
        <span data-testid="run-count">
          {formatCount(view.count)} {view.count === 1 ? 'value' : 'values'}
        </span>
        <RunTime view={view} />
        {view.cancelResult === 'left' && <span>The command did not stop in time and was left running.</span>}
        {view.cancelResult === 'finished' && <span>It had finished before the cancel reached it.</span>}
      </p>
      {view.problem !== undefined && <ProblemNote problem={view.problem} testId="run-error" />}
      {view.location !== undefined && <RunRedirect location={view.location} />}
      <RunProgress topics={view.topics} isRunning={isRunning(view)} />
      <RunOutput output={view.output} label={`Output of ${command}`} />
      <RunValues values={view.values} count={view.count} label={`Values of ${command}`} />
    </article>
  );
}

/** How long the run took, or has taken. */
function RunTime({ view }: { readonly view: RunView }): JSX.Element {
  const { now } = usePage();
  const until = view.endedAt ?? Math.max(now.value, view.startedAt);
  return <span data-testid="run-time">{formatRunTime(until - view.startedAt)}</span>;
}
