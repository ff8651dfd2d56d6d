import { describe, expect, it } from 'vitest';
import { type OriginPolicy, refuseOrigin } from '../../src/http/origin.js';

const policy = (given: Partial<OriginPolicy> = {}): OriginPolicy => ({
  allowOrigin: ['https://app.example'],
  publicHost: ['mux.example.com'],
  host: '10.0.0.1',
  ...given,
});

describe('refuseOrigin', () => {
  it.each([
    ['no Origin: not a browser', undefined, 'evil.example'],
    ['own page on a loopback name', 'http://localhost:8080', 'localhost:8080'],
    ['own page below .localhost', 'http://mux.localhost:8080', 'mux.localhost:8080'],
    ['own page on an IPv4 address', 'http://192.168.1.5:8080', '192.168.1.5:8080'],
    ['own page on an IPv6 address', 'http://[::1]:8080', '[::1]:8080'],
    ['own page on the public host', 'http://mux.example.com', 'mux.example.com'],
    ['own page behind a TLS proxy', 'https://mux.example.com', 'mux.example.com'],
    ['own page behind a TLS proxy that names the port', 'https://mux.example.com', 'mux.example.com:443'],
    ['a listed origin', 'https://app.example', 'mux.example.com'],
    ['a listed origin on any host', 'https://app.example', 'rebound.example'],
  ])('lets in: %s', (_, origin, host) => {
    expect(refuseOrigin(policy(), origin, host)).toBeUndefined();
  });

  it.each([
    ['a foreign page', 'https://evil.example', 'localhost:8080', '--allow-origin https://evil.example'],
    [
      'another port of the same host',
      'http://localhost:3000',
      'localhost:8080',
      '--allow-origin http://localhost:3000',
    ],
    ['another scheme of a listed origin', 'http://app.example', 'localhost:8080', '--allow-origin http://app.example'],
    [
      'another port of a listed origin',
      'https://app.example:444',
      'localhost',
      '--allow-origin https://app.example:444',
    ],
    ['a page below a listed origin', 'https://x.app.example', 'localhost', '--allow-origin https://x.app.example'],
    [
      'a rebound name that is its own host',
      'http://evil.example:8080',
      'evil.example:8080',
      '--public-host evil.example',
    ],
    ['a name that ends like a loopback one', 'http://notlocalhost', 'notlocalhost', '--public-host notlocalhost'],
    ['a page without an origin', 'null', 'localhost', '--allow-origin *'],
    ['what is no origin', 'nonsense', 'localhost', '--allow-origin *'],
    ['an empty origin', '', 'localhost', '--allow-origin *'],
    ['a page where there is no Host', 'http://localhost', undefined, '--allow-origin http://localhost'],
    ['a page where the Host is broken', 'http://localhost', 'a b', '--allow-origin http://localhost'],
  ])('refuses %s and says how to let it in', (_, origin, host, how) => {
    expect(refuseOrigin(policy(), origin, host)).toContain(how);
  });

  it('knows the name it was told to listen on', () => {
    expect(refuseOrigin(policy({ host: 'Box.Local' }), 'http://box.local:8080', 'box.local:8080')).toBeUndefined();
  });

  it('lets in any page with *', () => {
    for (const origin of ['https://evil.example', 'null', 'nonsense']) {
      expect(refuseOrigin(policy({ allowOrigin: ['*'] }), origin, 'localhost')).toBeUndefined();
    }
  });

  it('never repeats what is no origin', () => {
    expect(refuseOrigin(policy(), '<script>', 'localhost')).not.toContain('<');
  });
});
