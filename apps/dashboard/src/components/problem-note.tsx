import type { JSX } from 'preact';
import type { Problem } from '../state/problem.js';
import { CodedText } from './coded-text.jsx';

/** An error: its code, what happened, what to do. */
export function ProblemNote({ problem, testId }: { readonly problem: Problem; readonly testId: string }): JSX.Element {
  return (
    <div class="problem" data-testid={testId} data-code={problem.code}>
      <p>
        <code>{problem.code}</code> {problem.message}
      </p>
      {problem.remedy !== '' && (
        <p class="problem-remedy">
          <CodedText text={problem.remedy} />
        </p>
      )}
    </div>
  );
}
