import type { JSX } from 'preact';
import { formatBytes, formatCount } from '../format/units.js';
import type { RunTopic } from '../state/run.js';

export interface RunProgressProps {
  readonly topics: readonly RunTopic[];
  readonly isRunning: boolean;
}

/** A bar for each topic of a run; without an end while none is known. */
export function RunProgress({ topics, isRunning }: RunProgressProps): JSX.Element | null {
  if (topics.length === 0) return null;
  return (
    <ul class="topics">
      {topics.map((topic) => (
        <li key={topic.topic} data-testid="run-progress" data-topic={topic.topic}>
          <span class="topic-name">{topic.topic}</span>
          <span class="topic-figures">{figuresOf(topic)}</span>
          {topic.item !== undefined && <span class="topic-item">{topic.item}</span>}
          {(topic.total > 0 || (isRunning && !topic.isOver)) && (
            <progress aria-label={topic.topic} max={topic.total || 1} value={valueOf(topic)} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** Undefined makes the bar one that only says that something goes on. */
function valueOf({ pos, total, isOver }: RunTopic): number | undefined {
  if (total <= 0) return undefined;
  return isOver ? total : Math.min(pos, total);
}

function figuresOf({ pos, total, label }: RunTopic): string {
  const write = label === 'bytes' ? formatBytes : formatCount;
  const unit = label === undefined || label === 'bytes' ? '' : ` ${label}`;
  return total > 0 ? `${write(pos)} of ${write(total)}${unit}` : `${write(pos)}${unit}`;
}
