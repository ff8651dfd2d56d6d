import { describe, expect, it } from 'vitest';
import { DIALECTS, dialectByName, selectDialect } from '../../src/index.js';

const [newest, older] = DIALECTS;

describe('SPEC 2 dialects', () => {
  it('SPEC 2.4 have a token and a media type', () => {
    expect(DIALECTS.map(({ name, mediaType }) => [name, mediaType])).toEqual([
      ['wiremux.1', 'application/vnd.wiremux.frames'],
      ['exp-framing-0006', 'application/mercurial-exp-framing-0006'],
      ['exp-framing-0005', 'application/mercurial-exp-framing-0005'],
      ['exp-framing-0003', 'application/mercurial-exp-framing-0003'],
      ['exp-framing-0002', 'application/mercurial-exp-framing-0002'],
    ]);
  });

  it('SPEC 2.4 are found by their token', () => {
    expect(dialectByName('exp-framing-0006')).toBe(older);
    expect(dialectByName('0006')).toBeUndefined();
    expect(dialectByName('WIREMUX.1')).toBeUndefined();
  });

  it.each([
    [['exp-framing-0006', 'wiremux.1'], DIALECTS, newest],
    [['exp-framing-0006', 'wiremux.1'], [older], older],
    [['exp-framing-0006', 'other'], DIALECTS, older],
    [['other'], DIALECTS, undefined],
    [[], DIALECTS, undefined],
    [['wiremux.1'], [older], undefined],
    [['exp-framing-0002', 'exp-framing-0005', 'exp-framing-0003'], DIALECTS, dialectByName('exp-framing-0005')],
  ])('SPEC 2.5 of %j the server picks the newest it has enabled', (offered, enabled, picked) => {
    expect(selectDialect(offered, enabled as typeof DIALECTS)).toBe(picked);
  });
});
