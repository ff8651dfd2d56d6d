import { DEFAULT_CHANNELS, DEFAULT_LIMITS, type WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { OPTIONS } from '../../src/config/options.js';
import { resolveSettings, type Sources } from '../../src/config/resolve.js';
import { ENCODING_NAMES } from '../../src/encodings.js';

const resolve = (given: Partial<Sources>) =>
  resolveSettings({ flags: {}, env: {}, object: {}, objectName: 'wiremux.config.ts', ...given });

function messageOf(given: Partial<Sources>): string {
  try {
    resolve(given);
  } catch (error) {
    expect(error).toMatchObject({ name: 'WiremuxError', code: 'bad-option' });
    return (error as WiremuxError).message;
  }
  throw new Error('it was accepted');
}

describe('settings', () => {
  it('have a default each, which its own schema accepts', () => {
    expect(resolve({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      allowOrigin: [],
      publicHost: [],
      dialects: ['wiremux.1', 'exp-framing-0006', 'exp-framing-0005', 'exp-framing-0003', 'exp-framing-0002'],
      encodings: ENCODING_NAMES,
      channels: DEFAULT_CHANNELS,
      maxContexts: 1_024,
      maxIdempotencyKeys: 1_024,
      maxIdempotencyBytes: 67_108_864,
      maxConnections: 10_000,
      failedConnects: 1_000,
      failedConnectsRefill: 50,
      sessionTtl: 120_000,
      maxSessions: 10_000,
      maxSessionsPerPrincipal: 16,
      maxKeptBytes: 536_870_912,
      page: true,
      logLevel: 'info',
      upstreams: [],
      redirects: {},
      uploadIdle: 30_000,
      answerIdle: 300_000,
      grace: 5_000,
      drainAfter: 500,
      drainJitter: 2_000,
      drainPace: 1_000,
      ...DEFAULT_LIMITS,
    });
    for (const option of Object.values(OPTIONS)) {
      expect(option.schema.safeParse(option.default)).toMatchObject({ success: true });
    }
  });

  it('come from the flag before the environment before the file before the default', () => {
    const object = { port: 3 };
    const env = { WIREMUX_PORT: '2' };
    expect(resolve({ flags: { port: '1' }, env, object }).port).toBe(1);
    expect(resolve({ env, object }).port).toBe(2);
    expect(resolve({ object }).port).toBe(3);
    expect(resolve({}).port).toBe(8080);
  });

  it('ignore flags not given and variables that are empty', () => {
    expect(resolve({ flags: { port: undefined }, env: { WIREMUX_PORT: '' } }).port).toBe(8080);
  });

  it.each([
    ['numbers', { flags: { maxConnections: '5' } }, { maxConnections: 5 }],
    ['limits of the protocol core', { env: { WIREMUX_OPEN_REQUESTS: '7' } }, { openRequests: 7 }],
    ['switches turned off by a flag', { flags: { page: false } }, { page: false }],
    ['switches in the environment', { env: { WIREMUX_PAGE: 'no' } }, { page: false }],
    ['switches turned on', { env: { WIREMUX_PAGE: 'ON' }, object: { page: false } }, { page: true }],
    [
      'lists in the environment',
      { env: { WIREMUX_PUBLIC_HOST: 'A.example, b.example' } },
      { publicHost: ['a.example', 'b.example'] },
    ],
    [
      'repeated flags',
      { flags: { publicHost: ['a.example', 'b.example,c.example'] } },
      { publicHost: ['a.example', 'b.example', 'c.example'] },
    ],
    [
      'origins in canonical form',
      { flags: { allowOrigin: 'HTTPS://App.Example:443/' } },
      { allowOrigin: ['https://app.example'] },
    ],
    ['any origin', { object: { allowOrigin: ['*'] } }, { allowOrigin: ['*'] }],
    ['dialects', { flags: { dialects: 'exp-framing-0006' } }, { dialects: ['exp-framing-0006'] }],
  ])('take %s', (_, given, expected) => {
    expect(resolve(given)).toMatchObject(expected);
  });

  it.each<[string, Partial<Sources>]>([
    ['--port is "eighty", but must be a whole number from 0 to 65,535.', { flags: { port: 'eighty' } }],
    ['--port is 65536, but must be a whole number from 0 to 65,535.', { flags: { port: '65536' } }],
    ['WIREMUX_PORT is -1, but must be a whole number from 0 to 65,535.', { env: { WIREMUX_PORT: '-1' } }],
    [
      'WIREMUX_PORT is "tcp://10.0.0.1:8080", but must be a whole number from 0 to 65,535.',
      { env: { WIREMUX_PORT: 'tcp://10.0.0.1:8080' } },
    ],
    [
      '`port` in wiremux.config.ts is "8080", but must be a whole number from 0 to 65,535.',
      { object: { port: '8080' } },
    ],
    [
      '`grace` in wiremux.config.ts is 1.5, but must be a whole number (ms) from 0 to 600,000.',
      { object: { grace: 1.5 } },
    ],
    [
      '--log-level is "loud", but must be one of trace, debug, info, warn, error, fatal, silent.',
      { flags: { logLevel: 'loud' } },
    ],
    [
      '--dialects is ["wiremux.2"], but must be a list of at least one of wiremux.1, exp-framing-0006, exp-framing-0005, exp-framing-0003, exp-framing-0002.',
      { flags: { dialects: 'wiremux.2' } },
    ],
    [
      '--dialects is [], but must be a list of at least one of wiremux.1, exp-framing-0006, exp-framing-0005, exp-framing-0003, exp-framing-0002.',
      { flags: { dialects: ',' } },
    ],
    [
      '--allow-origin is ["app.example"], but must be a list of origins such as https://app.example, or *.',
      { flags: { allowOrigin: 'app.example' } },
    ],
    [
      '--allow-origin is ["https://app.example/page"], but must be a list of origins such as https://app.example, or *.',
      { flags: { allowOrigin: 'https://app.example/page' } },
    ],
    [
      'WIREMUX_PUBLIC_HOST is ["https://mux.example"], but must be a list of host names without scheme and port, such as mux.example.com.',
      { env: { WIREMUX_PUBLIC_HOST: 'https://mux.example' } },
    ],
    ['WIREMUX_PAGE is "maybe", but must be true or false.', { env: { WIREMUX_PAGE: 'maybe' } }],
    [
      '`host` in wiremux.config.ts is a function, but must be an address or a host name.',
      { object: { host: () => 'x' } },
    ],
  ])('refuse: %s', (message, given) => {
    expect(messageOf(given)).toBe(message);
  });

  it('cut long values in messages', () => {
    expect(messageOf({ flags: { logLevel: 'x'.repeat(1_000) } }).length).toBeLessThan(200);
  });
});
