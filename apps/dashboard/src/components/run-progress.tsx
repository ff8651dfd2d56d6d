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
            <progress aria-label={topic.topic} max={topic.total || 1} value={barValue(topic)} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** Undefined makes the bar one that only says that something goes on. */
function barValue({ pos, total, isOver }: RunTopic): number | undefined {
  if (total <= 0) return undefined;
  return isOver ? total : Math.min(pos, total);
}

function figuresOf({ pos, total, label, isOver }: RunTopic): string {
  const write = label === 'bytes' ? formatBytes : formatCount;
  const unit = label === undefined || label === 'bytes' ? '' : ` ${label}`;
  if (isOver) return `${write(Math.max(0, pos, total))}${unit}, done`;
  if (total <= 0) return `${write(pos)}${unit}`;
  return `${write(pos)} of ${write(total)}${unit}, ${Math.floor((100 * pos) / total)} %`;
}
