import { figure, goals, type Results } from './results.js';

/** The results as text for a terminal: figures, goals, bundles. */
export function textReport(results: Results): string {
  return [figures(results), goalTable(results), bundles(results)].filter((part) => part !== '').join('\n\n');
}

function figures(results: Results): string {
  const peers = results.peers.map(({ name }) => name);
  const rows = results.metrics.map(({ key, title, unit }) => [
    `${title} (${unit})`,
    ...peers.map((peer) => {
      const found = figure(results, key, peer);
      return found === undefined ? '–' : amount(found.median);
    }),
  ]);
  return table(`Medians of ${results.rounds.length} rounds`, ['', ...peers], rows);
}

function goalTable(results: Results): string {
  const rows = goals(results).map(({ metric, goal, ratio, reached }) => [
    metric.title,
    `${metric.better === 'higher' ? '≥' : '≤'} ${times(goal.ratio)} ${goal.peer}`,
    `${times(ratio.median)} [${times(ratio.min)} … ${times(ratio.max)}]`,
    reached ? 'reached' : 'missed',
  ]);
  return rows.length === 0 ? '' : table('wiremux: median of the ratios of each round [min … max]', [], rows);
}

function bundles({ bundles: sizes }: Results): string {
  const rows = Object.entries(sizes).map(([peer, bytes]) => [peer, `${(bytes / 1_000).toFixed(1)} KB`]);
  return rows.length === 0 ? '' : table('Client bundle, min + gzip', [], rows);
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

/** Three digits that count. */
export function amount(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = head.length === 0 ? rows : [head, ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return [title, ...all.map((row) => `  ${line(row)}`)].join('\n');
}
