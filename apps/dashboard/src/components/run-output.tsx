import type { JSX } from 'preact';
import type { OutputRun } from '../state/output.js';
import { ScrollArea } from './scroll-area.jsx';

export interface RunOutputProps {
  readonly output: readonly OutputRun[];
  readonly label: string;
}

/** The text output of a run, styled by its labels. */
export function RunOutput({ output, label }: RunOutputProps): JSX.Element | null {
  if (output.length === 0) return null;
  return (
    <ScrollArea label={label} testId="run-output">
      <pre>
        {output.map(({ tone, text }) => (tone === 'plain' ? text : <span class={`tone-${tone}`}>{text}</span>))}
      </pre>
    </ScrollArea>
  );
}
