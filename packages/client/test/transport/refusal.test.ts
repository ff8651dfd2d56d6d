import { describe, expect, it } from 'vitest';
import { describeRefusal } from '../../src/transport/refusal.js';

describe('what an HTTP answer says that is not the one asked for', () => {
  it.each([
    [
      { status: 400, statusText: 'Bad Request', type: 'text/plain', body: 'a\n\tb\u001b[31m' },
      'it answered HTTP 400 Bad Request: a b [31m',
    ],
    [
      { status: 502, statusText: 'Bad Gateway', type: 'text/HTML; charset=utf-8', body: '<p>' },
      'it answered HTTP 502 Bad Gateway: with a web page',
    ],
    [{ status: 204, statusText: 'No Content', type: undefined, body: '' }, 'it answered HTTP 204 No Content'],
    [{ status: 500, statusText: '', type: null, body: '' }, 'it answered HTTP 500'],
    [
      { status: 403, statusText: 'Forbidden', type: 'text/plain', body: 'x'.repeat(9_999) },
      `it answered HTTP 403 Forbidden: ${'x'.repeat(512)}`,
    ],
  ])('%j is "%s"', (refusal, said) => {
    expect(describeRefusal(refusal)).toBe(said);
  });
});
