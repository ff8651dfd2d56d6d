import type { RedirectLocation } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { checkLocation } from '../../src/redirect/location.js';

const check = (url: string, secure = false, rest: Partial<RedirectLocation> = {}): string =>
  checkLocation({ url, mediaType: 'text/plain', ...rest }, secure).href;

describe('SPEC 3.4.15 an address', () => {
  it.each([
    ['http://files.example/a?b', false],
    ['https://files.example/a', false],
    ['https://files.example/a', true],
  ])('%s may be followed (gateway over TLS: %s)', (url, secure) => {
    expect(check(url, secure)).toBe(url);
  });

  it.each([
    ['/a', false, 'no address'],
    ['ftp://files.example/', false, 'not "ftp:"'],
    ['file:///etc/passwd', false, 'not "file:"'],
    ['data:text/plain,a', false, 'not "data:"'],
    ['http://files.example/', true, 'asked over TLS'],
    ['https://me@files.example/', false, 'has a user'],
    ['https://:word@files.example/', false, 'has a user'],
  ])('%s may not (gateway over TLS: %s)', (url, secure, why) => {
    expect(() => check(url, secure)).toThrow(
      expect.objectContaining({ code: 'redirect-failed', message: expect.stringContaining(why) as string }),
    );
  });

  it.each([{ serverDerCerts: [Uint8Array.of(1)] }, { serverCaDerCerts: [Uint8Array.of(1)] }])(
    'with certificates to check may not: %j',
    (certificates) => {
      expect(() => check('https://files.example/', false, certificates)).toThrow(
        expect.objectContaining({ code: 'redirect-failed' }),
      );
    },
  );

  it('with empty lists of certificates may', () => {
    expect(check('https://a.example/', false, { serverDerCerts: [], serverCaDerCerts: [] })).toBe('https://a.example/');
  });
});
