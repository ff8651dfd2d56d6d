/** How text output is meant to strike its reader. */
export type Tone = 'error' | 'warning' | 'success' | 'note' | 'plain';

const TONES: ReadonlyMap<string, Tone> = new Map([
  ['error', 'error'],
  ['warning', 'warning'],
  ['success', 'success'],
  ['note', 'note'],
  ['dropped', 'note'],
]);

/**
 * The tone of an atom by its labels: the last part of each counts, as in `disk.warning`, and the first that is known
 * decides. Labels are the commands' own; these few are what wiremux's own programs style.
 */
export function toneOf(labels: readonly string[]): Tone {
  for (const label of labels) {
    const tone = TONES.get(label.slice(label.lastIndexOf('.') + 1));
    if (tone !== undefined) return tone;
  }
  return 'plain';
}
