import { describe, expect, it } from 'vitest';
import { bundledSize } from '../bench/bundled-size.mjs';

const connect = "export { connect } from '@wiremux/client';";

/**
 * The most bytes a page may load of what it imports, compressed: what it was when last looked at, and a little more. One
 * that grows past it has to be worth it; what few pages need belongs behind an entry of its own.
 */
const BUDGETS: readonly (readonly [what: string, code: string, bytes: number])[] = [
  ['the client', connect, 48_000],
  ['with every dialect', `${connect} export { DIALECTS } from '@wiremux/client/dialects';`, 50_500],
  ['with zlib', `${connect} export { zlib } from '@wiremux/framing/zlib';`, 62_700],
  ['with commands to serve', `${connect} export { implement } from '@wiremux/server';`, 63_900],
];

describe('the size of what a page loads', () => {
  it.each(BUDGETS)('%s is within its budget', async (_what, code, bytes) => {
    expect(await bundledSize(code)).toBeLessThanOrEqual(bytes);
  });
});
