import { styleText } from 'node:util';
import { type Tone, toneOf } from '@wiremux/client';
import { formatOutput, type OutputAtom } from '@wiremux/framing';
import { printable } from './printable.js';

const STYLES: Readonly<Record<Exclude<Tone, 'plain'>, 'red' | 'yellow' | 'green' | 'dim'>> = {
  error: 'red',
  warning: 'yellow',
  success: 'green',
  note: 'dim',
};

/** A block of text output as it is written: harmless, without its last line feed, and in colour for a terminal. */
export function outputText(atoms: readonly OutputAtom[], terminal: NodeJS.WriteStream | undefined): string {
  if (terminal?.hasColors() !== true) return printable(formatOutput(atoms)).replace(/\n$/, '');
  const last = atoms.length - 1;
  return atoms.map((atom, at) => styled(atom, at === last)).join('');
}

function styled(atom: OutputAtom, isLast: boolean): string {
  const text = printable(formatOutput([atom]));
  const shown = isLast ? text.replace(/\n$/, '') : text;
  const tone = toneOf(atom.labels);
  // The terminal was asked already; later versions of Node would ask stdout.
  return tone === 'plain' ? shown : styleText(STYLES[tone], shown, { validateStream: false });
}
