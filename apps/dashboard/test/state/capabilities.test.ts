import { describe, expect, it } from 'vitest';
import { readCapabilities } from '../../src/state/capabilities.js';

describe('readCapabilities', () => {
  it('reads name, version, redirects and commands', () => {
    const echo = {
      name: 'echo',
      about: 'Says it again.',
      args: { type: 'object' },
      takesData: false,
      channel: 'default',
    };
    const value = {
      name: 'wiremux',
      version: '1.2.3',
      redirects: [{ name: 'cdn', origin: 'https://cdn.example' }, {}],
      commands: [echo, { about: 'nameless' }, { name: 'bare' }],
    };
    expect(readCapabilities(value)).toEqual({
      name: 'wiremux',
      version: '1.2.3',
      redirects: ['cdn'],
      commands: [echo, { name: 'bare', about: '', args: undefined, takesData: false, channel: '' }],
    });
  });

  it('makes nothing of nonsense', () => {
    expect(readCapabilities(7)).toEqual({ name: '', version: '', redirects: [], commands: [] });
  });
});
