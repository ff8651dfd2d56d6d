import { describe, expect, it } from 'vitest';
import { leavingOf } from '../src/leaving.js';

const goes = (at: string | undefined, from = 'wss://a.example/mux', hosts?: readonly string[]): string | undefined =>
  leavingOf({ after: 0, jitter: 0, ...(at === undefined ? {} : { at }) }, from, hosts).to;

describe('SPEC 8.10.6 where a gateway that leaves sends its clients', () => {
  it('is told with the rest of the notice', () => {
    const notice = { after: 1, jitter: 2, reason: 'update', at: '/other' };
    const leaving = { after: 1, jitter: 2, reason: 'update', to: 'wss://a.example/other' };
    expect(leavingOf(notice, 'wss://a.example/mux', undefined)).toEqual(leaving);
    expect(leavingOf({ after: 1, jitter: 2 }, 'wss://a.example/mux', undefined)).toEqual({
      after: 1,
      jitter: 2,
      to: undefined,
    });
  });

  it.each([
    [undefined, undefined],
    ['wss://a.example/other?x=1', 'wss://a.example/other?x=1'],
    ['https://a.example:8443/mux', 'wss://a.example:8443/mux'],
    ['a.example:8443', 'wss://a.example:8443/mux'],
    ['a.example:8443/other', 'wss://a.example:8443/other'],
    ['A.EXAMPLE', 'wss://a.example/mux'],
    ['/other', 'wss://a.example/other'],
  ])('is by default another place on the same host: %s', (at, to) => {
    expect(goes(at)).toBe(to);
  });

  it('keeps the query where only the host is another', () => {
    expect(goes('a.example:99', 'ws://a.example/mux?tenant=7')).toBe('ws://a.example:99/mux?tenant=7');
  });

  it.each([
    ['wss://b.example/mux', 'another host'],
    ['b.example:443', 'another host'],
    ['wss://a.example.evil.example/mux', 'a host whose name begins so'],
    ['ws://a.example/mux', 'one that is not protected'],
    ['http://a.example/mux', 'one that is not protected'],
    ['wss://user@a.example/mux', 'one with a user'],
    ['wss://:secret@a.example/mux', 'one with a password'],
    ['ftp://a.example/mux', 'one of another kind'],
    ['wss://', 'none'],
    ['a b', 'none'],
    ['', 'none'],
  ])('is not %s: %s', (at) => {
    expect(goes(at)).toBeUndefined();
  });

  it('is protected where the connection was not', () => {
    expect(goes('wss://a.example/mux', 'ws://a.example/mux')).toBe('wss://a.example/mux');
  });

  it.each([
    ['b.example', 'wss://b.example:8443/mux', true],
    ['b.example:8443', 'wss://b.example:8443/mux', true],
    ['b.example:8443', 'wss://b.example/mux', false],
    ['b.example:443', 'wss://b.example/mux', true],
    ['b.example', 'wss://a.example/mux', false],
    ['[::1]', 'wss://[::1]:9/mux', true],
  ])('with the host %s given: %s %s', (host, at, allowed) => {
    expect(goes(at, 'wss://a.example/mux', [host])).toBe(allowed ? at : undefined);
  });

  it('counts port 80 where there is no protection', () => {
    expect(goes('ws://b.example/mux', 'ws://a.example/mux', ['b.example:80'])).toBe('ws://b.example/mux');
  });
});
