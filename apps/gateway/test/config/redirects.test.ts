import { describe, expect, it } from 'vitest';
import { resolveSettings } from '../../src/config/resolve.js';

const targets = (redirects: unknown, env: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  resolveSettings({ flags: {}, env, object: { redirects }, objectName: 'the test' }).redirects;

describe('SPEC 3.4.16 the setting `redirects`', () => {
  it('is none unless it is given', () => {
    expect(targets(undefined)).toEqual({});
  });

  it.each<[string, unknown]>([
    ['addresses by name', { cdn: 'https://CDN.example', s3: 'http://s3.example/a?b=' }],
    ['a list', ['cdn=https://CDN.example', 's3=http://s3.example/a?b=']],
  ])('takes %s, in normal form', (_, given) => {
    const resolved = { cdn: 'https://cdn.example/', s3: 'http://s3.example/a?b=' };
    expect(targets(given)).toEqual(resolved);
    // What a config file gave goes into createGateway() once more.
    expect(targets(resolved)).toEqual(resolved);
  });

  it('takes a list from the environment', () => {
    expect(targets(undefined, { WIREMUX_REDIRECTS: 'a=http://a.example/, b=http://b.example/' })).toEqual({
      a: 'http://a.example/',
      b: 'http://b.example/',
    });
  });

  it.each<[string, unknown]>([
    ['a name twice', ['a=http://a.example/', 'a=http://b.example/']],
    ['no name', ['=http://a.example/']],
    ['a name past 255 characters', { ['a'.repeat(256)]: 'http://a.example/' }],
    ['no address', ['a']],
    ['another scheme', { a: 'ftp://a.example/' }],
    ['a password', { a: 'http://:secret@a.example/' }],
    ['a number', { a: 7 }],
    ['a text', 'a=http://a.example/'],
  ])('refuses %s, and repeats nothing that may be secret', (_, given) => {
    expect(() => targets(given)).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.not.stringContaining('a.example') as string }),
    );
  });
});
