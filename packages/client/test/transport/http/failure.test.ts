import { describe, expect, it } from 'vitest';
import { failureError, failureLoss } from '../../../src/transport/http/failure.js';
import type { PostFailure } from '../../../src/transport/http/post.js';

const refused = (status: number): PostFailure => ({ kind: 'refused', status, detail: `it answered HTTP ${status}` });
const URL = 'http://gateway.test/mux?x=1';

describe('SPEC 7.10 a POST that failed', () => {
  it.each<[PostFailure, string, string | undefined, boolean | 'new-token' | undefined]>([
    [refused(400), 'connect-failed', 'connect-failed', true],
    [refused(401), 'not-authenticated', 'not-authenticated', 'new-token'],
    [refused(403), 'connect-failed', 'connect-failed', true],
    [refused(408), 'connect-failed', 'connect-failed', true],
    [refused(413), 'too-big', undefined, undefined],
    [refused(415), 'connect-failed', 'connect-failed', true],
    [refused(429), 'connect-failed', 'connect-failed', true],
    [refused(503), 'connect-failed', 'connect-failed', true],
    [{ kind: 'too-big', detail: 'It is too long.' }, 'too-big', undefined, undefined],
    [{ kind: 'broken', answered: false, detail: 'reset' }, 'connection-lost', 'connect-failed', true],
    [{ kind: 'broken', answered: true, detail: 'reset' }, 'connection-lost', undefined, undefined],
  ])('(%j) is `%s` to its requests, and `%s` to the connection', (failure, code, lossCode, reconnect) => {
    const error = failureError(failure);
    expect(error.code).toBe(code);
    expect(error.message).toContain(failure.detail);
    const loss = failureLoss(URL, failure);
    expect([loss?.error.code, loss?.reconnect]).toEqual([lossCode, reconnect]);
  });

  it('names the address without its query, and what went wrong', () => {
    expect(failureLoss(URL, refused(503))?.error.message).toBe(
      'Could not connect to http://gateway.test/mux: it answered HTTP 503. Check the address, and that the gateway runs.',
    );
  });
});
