import { readFileSync } from 'node:fs';
import { WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { isSetupError, SETUP_ERRORS, setupError } from '../src/errors.js';

describe('errors of setting up', () => {
  it('are told from all others by their code', () => {
    expect(isSetupError(setupError('port-taken', 'Taken.'))).toBe(true);
    expect(isSetupError(new WiremuxError('internal', 'Broken.'))).toBe(false);
    expect(isSetupError(new WiremuxError('toString', 'Broken.'))).toBe(false);
    expect(isSetupError(Object.assign(new Error('Taken.'), { code: 'port-taken' }))).toBe(false);
  });

  it('are each in the README, with what to do', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    for (const [code, { means, remedy }] of Object.entries(SETUP_ERRORS)) {
      expect(readme).toContain(`| \`${code}\` | ${means} | ${remedy} |`);
    }
  });
});
