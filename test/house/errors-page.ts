import { ERROR_CODES } from '@wiremux/framing';
import { SETUP_ERRORS } from '@wiremux/gateway';

type Table = Readonly<Record<string, { readonly means: string; readonly remedy: string }>>;

const HEAD = `# Error codes

Every error of wiremux has a code for programs and a sentence for people. An application's own commands add codes of
their own, in the same form. This page is generated from \`packages/framing/src/errors.ts\` and
\`apps/gateway/src/errors.ts\`: change the tables there, then \`npm run docs\`.
`;

function renderTable(title: string, table: Table): string {
  const rows = Object.entries(table).map(([code, { means, remedy }]) => `| \`${code}\` | ${means} | ${remedy} |\n`);
  return `\n## ${title}\n\n| code | what happened | what to do |\n|---|---|---|\n${rows.join('')}`;
}

/** The text of `packages/framing/ERRORS.md`: one row for each code, in the order of the tables. */
export function renderErrorsPage(): string {
  return HEAD + renderTable('Requests and connections', ERROR_CODES) + renderTable('Starting a gateway', SETUP_ERRORS);
}
