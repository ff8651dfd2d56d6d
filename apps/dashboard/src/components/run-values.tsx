import type { JSX } from 'preact';
import { formatCount } from '../format/units.js';
import type { RunValue } from '../state/run.js';
import { ScrollArea } from './scroll-area.jsx';

export interface RunValuesProps {
  /** Newest first. */
  readonly values: readonly RunValue[];
  /** How many have come in all. */
  readonly count: number;
  readonly label: string;
}

/** The newest values of a run, each in its JSON form. */
export function RunValues({ values, count, label }: RunValuesProps): JSX.Element | null {
  if (values.length === 0) return null;
  return (
    <div class="values">
      {count > values.length && <p class="values-note">The newest {formatCount(values.length)}, newest first.</p>}
      <ScrollArea label={label} testId="run-values">
        <ol>
          {values.map(({ index, text }) => (
            <li key={index} data-index={index}>
              <span class="value-index">{index + 1}</span>
              <code>{text}</code>
            </li>
          ))}
        </ol>
      </ScrollArea>
    </div>
  );
}
