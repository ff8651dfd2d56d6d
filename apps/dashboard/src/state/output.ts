import { formatOutput, type OutputAtom, type Tone, toneOf } from '@wiremux/client';

/** Characters of text output that are kept. */
const KEPT_CHARACTERS = 16_384;

/** Text output that lies together and has one tone. */
export interface OutputRun {
  readonly tone: Tone;
  readonly text: string;
}

/** The output with one more block, its beginning cut off where there is much. */
export function addOutput(output: readonly OutputRun[], atoms: readonly OutputAtom[]): readonly OutputRun[] {
  const runs = [...output];
  for (const atom of atoms) {
    const tone = toneOf(atom.labels);
    const text = formatOutput([atom]);
    const last = runs.at(-1);
    if (last?.tone === tone) runs[runs.length - 1] = { tone, text: last.text + text };
    else if (text !== '') runs.push({ tone, text });
  }
  return cutBeginning(runs);
}

function cutBeginning(runs: readonly OutputRun[]): readonly OutputRun[] {
  let room = KEPT_CHARACTERS;
  for (let at = runs.length - 1; at >= 0; at--) {
    const { tone, text } = runs[at] as OutputRun;
    if (text.length >= room) return [{ tone, text: text.slice(text.length - room) }, ...runs.slice(at + 1)];
    room -= text.length;
  }
  return runs;
}
