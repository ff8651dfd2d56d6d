import { WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { errorLine, inputError, statusOf, usageError } from '../src/exit-status.js';

describe('statusOf', () => {
  it.each([
    ['command-failed', 1],
    ['out-of-stock', 1],
    ['timeout', 1],
    ['port-taken', 1],
    ['bad-config', 2],
    ['bad-commands', 2],
    ['usage', 2],
    ['bad-option', 2],
    ['config-missing', 2],
    ['connect-failed', 3],
    ['connection-lost', 3],
    ['session-lost', 3],
    ['not-authenticated', 3],
  ])('gives %s the status %i', (code, status) => {
    expect(statusOf(new WiremuxError(code, 'It went wrong.'))).toBe(status);
  });

  it('gives 1 for what is no error of wiremux, and for input that is not what it should be', () => {
    expect(statusOf(new TypeError('It is undefined.'))).toBe(1);
    expect(statusOf(inputError(3, 'it ends.'))).toBe(1);
  });
});

describe('errorLine', () => {
  it('is one line with the code and the sentence', () => {
    expect(errorLine(usageError('Say it again.'))).toBe('wiremux: usage: Say it again.');
    expect(errorLine(inputError(3, 'it ends.'))).toBe('wiremux: bad-input: Byte 3: it ends.');
    expect(errorLine(new TypeError('first\n  second'))).toBe('wiremux: internal: first second');
  });

  it('shows nothing that a terminal would obey', () => {
    expect(errorLine(new WiremuxError('refused', 'no\u001b[2J'))).toBe('wiremux: refused: no\\x1b[2J');
  });
});
