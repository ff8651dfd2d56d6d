import { WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { socketUrl } from '../src/url.js';

describe('the address to connect to', () => {
  it.each([
    ['ws://127.0.0.1:8080/mux', undefined, 'ws://127.0.0.1:8080/mux'],
    ['wss://gateway.example/mux?node=a', undefined, 'wss://gateway.example/mux?node=a'],
    ['http://127.0.0.1:8080/mux', undefined, 'ws://127.0.0.1:8080/mux'],
    ['https://gateway.example/mux', undefined, 'wss://gateway.example/mux'],
    ['/mux', 'https://gateway.example/page#top', 'wss://gateway.example/mux'],
    ['mux', 'http://127.0.0.1:8080/app/', 'ws://127.0.0.1:8080/app/mux'],
    ['ws://127.0.0.1/mux#part', undefined, 'ws://127.0.0.1/mux'],
  ])('makes of %s (at %s) %s', (address, base, expected) => {
    expect(socketUrl(address, base)).toBe(expected);
  });

  it('takes a URL object, which it does not change', () => {
    const url = new URL('http://127.0.0.1:8080/mux');
    expect(socketUrl(url, undefined)).toBe('ws://127.0.0.1:8080/mux');
    expect(url.protocol).toBe('http:');
  });

  it.each([
    ['/mux', 'is not an address'],
    ['', 'is not an address'],
    ['127.0.0.1', 'is not an address'],
    ['localhost:8080/mux', 'begins with localhost:'],
    ['ftp://127.0.0.1/', 'begins with ftp:'],
  ])('refuses "%s" with a sentence that says what to use', (address, problem) => {
    expect(() => socketUrl(address, undefined)).toThrow(WiremuxError);
    expect(() => socketUrl(address, undefined)).toThrow(problem);
    expect(() => socketUrl(address, undefined)).toThrow('ws://127.0.0.1:8080/mux');
  });
});
