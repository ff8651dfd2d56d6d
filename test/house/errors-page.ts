import { ERROR_CODES } from '@wiremux/framing';

const HEAD = `# Error codes

Every error wiremux gives has a code for programs and a sentence for people. An application's own commands add codes of
their own, in the same form. This page is generated from \`src/errors.ts\`: change the table there, then
\`npm run docs\`.

| code | what happened | what to do |
|---|---|---|
`;

/** The text of `packages/framing/ERRORS.md`: one row for each code of {@link ERROR_CODES}, in its order. */
export function renderErrorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { means, remedy }]) => `| \`${code}\` | ${means} | ${remedy} |\n`,
  );
  return HEAD + rows.join('');
}
