import { figure, goals, type Results } from './results.js';
import { amount } from './text.js';

/** The results as one HTML page without scripts: a bar a peer for each metric, and the goals. */
export function pageReport(results: Results): string {
  const { began, node, cpus, rounds, peers } = results;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>wiremux benchmark</title>
<style>${STYLE}</style>
<h1>wiremux benchmark</h1>
<p>${rounds.length} alternating rounds, begun ${escaped(began)}, Node ${escaped(node)}, ${cpus.count} × ${escaped(cpus.model)}.
Bars are medians; the line on each goes from the smallest to the largest figure. Compare within this run only.</p>
<section><h2>Goals</h2><table>${goals(results).map(goalRow).join('')}</table></section>
${results.metrics.map((metric) => chart(results, metric)).join('\n')}
<section><h2>Client bundle, min + gzip</h2>${bars(Object.entries(results.bundles).map(([name, bytes]) => ({ name, median: bytes / 1_000, min: bytes / 1_000, max: bytes / 1_000 })))}</section>
<section><h2>Contenders</h2><dl>${peers
    .map(({ name, about, versions }) => `<dt>${escaped(name)}</dt><dd>${escaped([about, ...versions].join('; '))}</dd>`)
    .join('')}</dl></section>
</html>
`;
}

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
  .bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .25rem .75rem; align-items: center; }
  .track { position: relative; height: 1.1rem; }
  .bar { position: absolute; inset: 0 auto 0 0; background: color-mix(in oklab, CanvasText 25%, Canvas); border-radius: 2px; }
  .ours .bar { background: #0d8a72; }
  .spread { position: absolute; top: 50%; height: 1px; background: CanvasText; }
  .value { text-align: end; font-variant-numeric: tabular-nums; }
  td { padding: .15rem 1rem .15rem 0; }
  .missed { color: light-dark(#b3261e, #ff9a92); }
`;

function goalRow({ metric, goal, ratio, reached }: ReturnType<typeof goals>[number]): string {
  const sign = metric.better === 'higher' ? '≥' : '≤';
  const found = `${ratio.median.toFixed(2)} × [${ratio.min.toFixed(2)} … ${ratio.max.toFixed(2)}]`;
  return `<tr><td>${escaped(metric.title)}</td><td>${sign} ${goal.ratio.toFixed(2)} × ${escaped(goal.peer)}</td><td>${found}</td><td class="${reached ? '' : 'missed'}">${reached ? 'reached' : 'missed'}</td></tr>`;
}

function chart(results: Results, { key, title, unit, better }: Results['metrics'][number]): string {
  const measured = results.peers.flatMap(({ name }) => {
    const found = figure(results, key, name);
    return found === undefined ? [] : [{ name, ...found }];
  });
  if (measured.length === 0) return '';
  return `<section><h2>${escaped(title)}, ${escaped(unit)} (${better} is better)</h2>${bars(measured)}</section>`;
}

function bars(measured: readonly { name: string; median: number; min: number; max: number }[]): string {
  const most = Math.max(...measured.map(({ max }) => max));
  const share = (value: number): string => `${((100 * value) / most).toFixed(2)}%`;
  const rows = measured.map(
    ({ name, median, min, max }) =>
      `<span>${escaped(name)}</span><span class="track ${name === 'wiremux' ? 'ours' : ''}"><span class="bar" style="width:${share(median)}"></span><span class="spread" style="left:${share(min)};width:${share(max - min)}"></span></span><span class="value">${amount(median)}</span>`,
  );
  return `<div class="bars">${rows.join('')}</div>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
