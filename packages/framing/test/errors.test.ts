import { describe, expect, it } from 'vitest';
import { CloseCode, ERROR_CODES, WiremuxError } from '../src/index.js';
import { specRule, specTable } from './spec.js';

describe('codes', () => {
  it('SPEC 9.2.1 of closing are those of the table', () => {
    expect(specTable('- **9.2.1**').map(([code]) => Number(code))).toEqual(Object.values(CloseCode));
  });

  it('SPEC 3.9.3 of errors begin with those that travel', () => {
    const named = [...specRule('3.9.3').matchAll(/`([a-z-]+)`/g)].map(([, code]) => code);
    expect(Object.keys(ERROR_CODES).slice(0, named.length)).toEqual(named);
  });
});

describe('a WiremuxError', () => {
  it('as JSON has its message, and neither stack nor cause', () => {
    const error = new WiremuxError('too-big', 'It is too big.', { data: { most: 1 }, retry: 5, cause: new Error('x') });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'too-big',
      message: 'It is too big.',
      data: { most: 1 },
      retry: 5,
    });
    expect(JSON.stringify(new WiremuxError('aborted', 'No.'))).toBe('{"code":"aborted","message":"No."}');
  });
});
