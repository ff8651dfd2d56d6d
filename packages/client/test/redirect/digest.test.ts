import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KNOWN_HASHES } from '../../src/redirect/digest.js';
import { openDigest as inBrowser } from '../../src/redirect/digest-browser.js';
import { openDigest as inNode } from '../../src/redirect/digest-node.js';

describe.each([
  ['Node', inNode],
  ['a browser', inBrowser],
] as const)('digests in %s', (_, openDigest) => {
  it.each(KNOWN_HASHES)('%s of bytes that come in pieces', async (name) => {
    const digest = openDigest(name);
    for (const piece of ['', 'what ', 'is ', 'there']) digest.update(Buffer.from(piece));
    const expected = createHash(name).update('what is there').digest();
    expect(Buffer.from(await digest.end())).toEqual(expected);
  });
});
