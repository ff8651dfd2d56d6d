import { describe, expect, it } from 'vitest';
import { enabledDialects, negotiate, unknownDialects } from '../../src/http/subprotocol.js';

const both = enabledDialects(['exp-framing-0006', 'wiremux.1']);

describe('SPEC 2.5 the newest enabled dialect offered wins', () => {
  it.each([
    ['wiremux.1', 'wiremux.1'],
    ['exp-framing-0006', 'exp-framing-0006'],
    ['exp-framing-0006, wiremux.1', 'wiremux.1'],
    ['wiremux.1,exp-framing-0006', 'wiremux.1'],
    ['unknown,  exp-framing-0006 ', 'exp-framing-0006'],
    ['unknown', undefined],
    ['WIREMUX.1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j → %s', (header, name) => {
    expect(negotiate(header, both)?.name).toBe(name);
  });

  it('does not speak a dialect that is turned off', () => {
    const old = enabledDialects(['exp-framing-0006']);
    expect(negotiate('wiremux.1', old)).toBeUndefined();
    expect(negotiate('wiremux.1, exp-framing-0006', old)?.name).toBe('exp-framing-0006');
  });

  it('lists what is enabled when nothing fits, the newest first', () => {
    expect(unknownDialects('unknown', both)).toBe(
      'No subprotocol offered in Sec-WebSocket-Protocol is known here. Offer one of:\n  wiremux.1\n  exp-framing-0006\n',
    );
    expect(unknownDialects(undefined, enabledDialects(['wiremux.1']))).toBe(
      'No subprotocol was offered. Offer one of:\n  wiremux.1\n',
    );
  });
});
