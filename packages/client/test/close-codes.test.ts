import { ERROR_CODES } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { closeMeaning } from '../src/close-codes.js';

describe('SPEC 9.2 what each close means to a client', () => {
  it.each([1001, 1005, 1006, 1011, 1012, 1013, 4408, 4410, 4429])('connects again after %d', (code) => {
    expect(closeMeaning(code)).toMatchObject({ reconnect: true, code: 'connection-lost' });
  });

  it('connects again after 4401 where it can get a new token', () => {
    expect(closeMeaning(4401)).toMatchObject({ reconnect: 'new-token', code: 'not-authenticated' });
  });

  it.each([
    [1000, 'connection-lost'],
    [1002, 'protocol'],
    [1003, 'protocol'],
    [1007, 'protocol'],
    [1008, 'not-allowed'],
    [1009, 'too-big'],
    [4402, 'protocol'],
    [4403, 'not-allowed'],
    [4409, 'connection-lost'],
  ])('does not connect again after %d: %s', (code, error) => {
    expect(closeMeaning(code)).toMatchObject({ reconnect: false, code: error });
  });

  it('takes a code it does not know for a broken connection', () => {
    expect(closeMeaning(3999)).toEqual(closeMeaning(1006));
  });

  it('gives only errors that have a page', () => {
    for (let code = 1000; code < 5000; code++) expect(Object.keys(ERROR_CODES)).toContain(closeMeaning(code).code);
  });
});
