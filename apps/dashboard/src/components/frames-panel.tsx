import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatBytes, formatCount } from '../format/units.js';
import type { TapPhase } from '../state/frame-tap.js';
import { FrameFilters } from './frame-filters.jsx';
import { FrameList } from './frame-list.jsx';
import { Icon } from './icon.jsx';
import { usePage } from './page-context.js';
import { ProblemNote } from './problem-note.jsx';

const PHASE_TEXTS: Readonly<Record<TapPhase, string>> = {
  off: '',
  starting: 'beginning to watch',
  running: '',
  ended: 'the connection is gone, or can no longer be watched',
};

/** The frames of the connection that is watched, as they pass. */
export function FramesPanel(): JSX.Element | null {
  const { frames } = usePage();
  const connection = frames.connection.value;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (connection === undefined) return;
    title.current?.focus({ preventScroll: true });
    title.current?.scrollIntoView({ block: 'nearest' });
  }, [connection]);
  if (connection === undefined) return null;
  const { total, dropped, missed } = frames.counts.value;
  const isPaused = frames.isPaused.value;
  const problem = frames.problem.value;
  return (
    <section
      id="frames"
      class="section"
      aria-labelledby="frames-title"
      data-testid="frames"
      data-phase={frames.phase.value}
    >
      <header class="section-header">
        <h2 id="frames-title" ref={title} tabIndex={-1}>
          Frames of <span class="id">{connection}</span> <span class="count">{formatCount(total)}</span>
        </h2>
        <span class="freshness">{problem === undefined ? PHASE_TEXTS[frames.phase.value] : ''}</span>
        <div class="frame-actions">
          <button
            type="button"
            class="quiet"
            data-testid="frames-pause"
            aria-pressed={isPaused}
            onClick={() => {
              frames.isPaused.value = !isPaused;
            }}
          >
            <Icon name={isPaused ? 'play' : 'pause'} />
            {isPaused ? `Resume (${formatCount(frames.waiting.value)} new)` : 'Pause'}
          </button>
          <button type="button" class="quiet" data-testid="frames-clear" onClick={() => frames.clear()}>
            <Icon name="clear" />
            Clear
          </button>
          <button type="button" class="quiet" data-testid="frames-close" onClick={() => frames.stop()}>
            <Icon name="close" />
            Close
          </button>
        </div>
      </header>
      {problem !== undefined && <ProblemNote problem={problem} testId="frames-problem" />}
      {(dropped > 0 || missed > 0) && (
        <p class="frames-missing" data-testid="frames-missing">
          <Icon name="warning" />
          {missingText(dropped, missed)}
        </p>
      )}
      <div class="panel frames-panel">
        <FrameFilters />
        <FrameList />
      </div>
    </section>
  );
}

function missingText(dropped: number, missed: number): string {
  const parts = [
    ...(dropped > 0 ? [`${formatCount(dropped)} frames were left out, because more passed than can be shown`] : []),
    ...(missed > 0 ? [`${formatBytes(missed)} passed in which no frame could be told to begin`] : []),
  ];
  return `${parts.join('; ')}. The connection itself loses nothing.`;
}
