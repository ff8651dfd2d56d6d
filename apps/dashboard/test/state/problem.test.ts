import { WiremuxError } from '@wiremux/client';
import { describe, expect, it } from 'vitest';
import { problemOf } from '../../src/state/problem.js';

describe('problemOf', () => {
  it('has the remedy of a known code', () => {
    expect(problemOf(new WiremuxError('unknown-command', 'No "x".'))).toEqual({
      code: 'unknown-command',
      message: 'No "x".',
      remedy: expect.stringContaining('capabilities') as unknown,
    });
  });

  it.each(['out-of-stock', 'constructor', '__proto__'])("has none for the application's own code %s", (code) => {
    expect(problemOf(new WiremuxError(code, 'Sold.'))).toEqual({ code, message: 'Sold.', remedy: '' });
  });

  it.each([
    [new TypeError('odd'), 'odd'],
    ['just text', 'just text'],
    [undefined, 'undefined'],
  ])('shows %o as an internal error', (thrown, message) => {
    expect(problemOf(thrown)).toMatchObject({ code: 'internal', message });
  });
});
