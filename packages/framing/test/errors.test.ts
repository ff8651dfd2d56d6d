import { describe, expect, it } from 'vitest';
import { CloseCode, ERROR_CODES } from '../src/index.js';
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
