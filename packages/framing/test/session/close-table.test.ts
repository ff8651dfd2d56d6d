import { describe, expect, it } from 'vitest';
import { CloseCode, closeEndsSession } from '../../src/index.js';

const SURVIVED = [1006, 1011, 1012, 1013, 4401, 4408, 4410, 4429];
const ENDING = [1000, 1002, 1003, 1007, 1008, 1009, 4402, 4403, 4409];

describe('SPEC 8.8.14 what a close does to a session', () => {
  it.each(SURVIVED)('survives %i', (code) => {
    expect([closeEndsSession(code, 'client'), closeEndsSession(code, 'server')]).toEqual([false, false]);
  });

  it.each([...ENDING, 1010, 1015, 3000, 4000])('ends with %i', (code) => {
    expect([closeEndsSession(code, 'client'), closeEndsSession(code, 'server')]).toEqual([true, true]);
  });

  it.each([1001, 1005])('ends with %i by the client, but not by the server', (code) => {
    expect([closeEndsSession(code, 'client'), closeEndsSession(code, 'server')]).toEqual([true, false]);
  });

  it('says it of every code that is used', () => {
    for (const code of Object.values(CloseCode)) expect([...SURVIVED, ...ENDING]).toContain(code);
  });
});
