import { type OutputAtom, outputAtom } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { outputText } from '../../src/view/output-text.js';

function terminal(hasColors: boolean): NodeJS.WriteStream {
  return { hasColors: () => hasColors } as NodeJS.WriteStream;
}

const ATOMS: readonly OutputAtom[] = [
  outputAtom('%s files: ', ['3']),
  outputAtom('%s lost', ['1'], ['count', 'disk.error']),
  outputAtom(', 2 kept\n', [], ['unheard-of']),
];

describe('SPEC 3.6.2 text output', () => {
  it.each([undefined, terminal(false)])('is plain where there is no colour', (stream) => {
    expect(outputText(ATOMS, stream)).toBe('3 files: 1 lost, 2 kept');
  });

  it.each([
    ['error', 31, 39],
    ['warning', 33, 39],
    ['success', 32, 39],
    ['wiremux.dropped', 2, 22],
  ])('is styled by its labels: %s', (label, begin, end) => {
    const text = outputText([outputAtom('all ', []), outputAtom('%s', ['so'], [label])], terminal(true));
    expect(text).toBe(`all \u001b[${begin}mso\u001b[${end}m`);
  });

  it('mixes styled and plain atoms', () => {
    expect(outputText(ATOMS, terminal(true))).toBe('3 files: \u001b[31m1 lost\u001b[39m, 2 kept');
  });

  it('cannot bring styles of its own', () => {
    const atoms = [outputAtom('%s', ['\u001b[2Jgone'], ['error'])];
    expect(outputText(atoms, terminal(true))).toBe('\u001b[31m\\x1b[2Jgone\u001b[39m');
    expect(outputText(atoms, undefined)).toBe('\\x1b[2Jgone');
  });
});
