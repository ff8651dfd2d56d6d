import { readFileSync } from 'node:fs';

const text = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8');

/** The rows of the first table behind the line that begins with `after`, header and rule left out. */
export function specTable(after: string): string[][] {
  const lines = text.slice(text.indexOf(`\n${after}`) + 1).split('\n');
  const first = lines.findIndex((line) => /^\s*\|/.test(line));
  const rest = lines.slice(first);
  const rows = rest.slice(
    0,
    rest.findIndex((line) => !/^\s*\|/.test(line)),
  );
  return rows.slice(2).map((row) => {
    const cells = row.trim().slice(1, -1).split('|');
    return cells.map((cell) => cell.trim());
  });
}

/** The lines of the first diagram behind the line that begins with `after`, its kind left out. */
export function specDiagram(after: string): string[] {
  const [, drawn = ''] = text.slice(text.indexOf(`\n${after}`)).split(/```(?:mermaid)?/);
  const [, ...lines] = drawn.trim().split('\n');
  return lines.map((line) => line.trim());
}

/** The text of one rule. */
export function specRule(id: string): string {
  const from = text.indexOf(`- **${id}**`);
  return text.slice(from, text.indexOf('\n- **', from + 1));
}
