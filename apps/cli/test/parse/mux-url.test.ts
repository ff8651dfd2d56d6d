import { describe, expect, it } from 'vitest';
import { parseMuxUrl } from '../../src/parse/mux-url.js';

describe('parseMuxUrl', () => {
  it.each([
    ['ws://127.0.0.1:8080/mux', 'ws://127.0.0.1:8080/mux'],
    ['ws://127.0.0.1:8080', 'ws://127.0.0.1:8080/mux'],
    ['http://localhost:8080/', 'ws://localhost:8080/mux'],
    ['https://example.org/gate/mux?tenant=a#top', 'wss://example.org/gate/mux?tenant=a'],
    ['wss://[::1]:8443', 'wss://[::1]:8443/mux'],
  ])('reads %s', (text, url) => {
    expect(parseMuxUrl(text)).toBe(url);
  });

  it.each(['', 'localhost', 'localhost:8080', '127.0.0.1:8080/mux', 'ftp://a/b', 'ws://', 'file:///mux'])(
    'refuses "%s" and shows how one looks',
    (text) => {
      expect(() => parseMuxUrl(text)).toThrow(/ws:\/\/127\.0\.0\.1:8080\/mux/);
    },
  );

  it.each(['ws://user:hush@host/mux', 'redis://:hush@host'])(
    'refuses credentials without repeating them: %s',
    (text) => {
      const parse = () => parseMuxUrl(text);
      expect(parse).toThrow(expect.objectContaining({ code: 'usage' }));
      expect(parse).not.toThrow(/hush/);
    },
  );
});
