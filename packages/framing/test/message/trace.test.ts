import { describe, expect, it } from 'vitest';
import { isTraceparent } from '../../src/message/trace.js';

const IDS = '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

describe('SPEC 8.11.9 a traceparent', () => {
  it.each([
    ['of version 00', `00-${IDS}-01`],
    ['of a later version', `cc-${IDS}-01`],
    ['of a later version that says more', `01-${IDS}-01-what-comes-later`],
    ['of 256 bytes', `01-${IDS}-01-${'x'.repeat(200)}`],
  ])('is one %s', (_, text) => {
    expect(isTraceparent(text)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['version ff', `ff-${IDS}-01`],
    ['version 00 that says more', `00-${IDS}-01-more`],
    ['upper case', `00-${IDS.toUpperCase()}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['a parent id of zeros', `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`],
    ['no flags', `00-${IDS}`],
    ['more behind a later version without a dash', `01-${IDS}-01x`],
    ['257 bytes', `01-${IDS}-01-${'x'.repeat(201)}`],
  ])('is not %s', (_, text) => {
    expect(isTraceparent(text)).toBe(false);
  });
});
