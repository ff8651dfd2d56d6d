import type { ScriptedRequest } from './requests.js';

/** What the caller is to be told (SPEC 3.4.3, 3.6.2). */
export function messageOf({ answer }: ScriptedRequest): string | undefined {
  if (answer.kind === 'values' || answer.kind === 'redirect') return undefined;
  if (answer.kind !== 'command-error') return answer.message;
  let next = 0;
  return answer.message.replace(/%[s%]/g, (mark) => (mark === '%%' ? '%' : (answer.args[next++] ?? mark)));
}

/** Throws where they differ, with a piece of both: whole ones may be megabytes. */
export function same(what: string, got: string | undefined, expected: string | undefined): void {
  if (got === expected) return;
  let at = 0;
  while (got?.[at] === expected?.[at]) at += 1;
  const near = (text: string | undefined): string => JSON.stringify(text?.slice(Math.max(0, at - 40), at + 40) ?? null);
  throw new Error(`The ${what} differ at ${at}: ${near(got)} came, ${near(expected)} was expected.`);
}
