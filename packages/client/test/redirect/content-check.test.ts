import { createHash } from 'node:crypto';
import type { RedirectLocation } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { type CheckOptions, ContentCheck } from '../../src/redirect/content-check.js';

const CONTENT = Buffer.from('what is there');
const digest = (name: string, seed = ''): Uint8Array => createHash(name).update(seed).update(CONTENT).digest();

/** Whether the content passes: undefined, or why it does not. */
async function verify(
  location: Partial<RedirectLocation>,
  options: Partial<CheckOptions> = {},
  pieces: readonly Uint8Array[] = [CONTENT.subarray(0, 5), CONTENT.subarray(5)],
): Promise<string | undefined> {
  try {
    const check = new ContentCheck(
      { url: 'http://a.example/', mediaType: 'text/plain', ...location },
      { hashes: ['sha512', 'sha384', 'sha256'], maxBytes: 1_000, requireHash: true, ...options },
    );
    for (const piece of pieces) check.push(piece);
    await check.end();
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'redirect-failed' });
    return (error as Error).message;
  }
}

describe('SPEC 3.4.10, 3.4.15 what was fetched', () => {
  const good = digest('sha256');
  const bad = new Uint8Array(32);

  it('passes with its digest', async () => {
    expect(await verify({ fullHashes: [['sha256', good]] })).toBeUndefined();
  });

  it.each([
    ['bytes', bad],
    ['length', good.subarray(1)],
  ])('fails with a digest of other %s', async (_, other) => {
    expect(await verify({ fullHashes: [['sha256', other]] })).toMatch(/its sha256 is not the one/);
  });

  it('is hashed behind the seed', async () => {
    const fullHashes = [['sha256', digest('sha256', 'salt')]] as const;
    expect(await verify({ fullHashes, fullHashSeed: Buffer.from('salt') })).toBeUndefined();
    expect(await verify({ fullHashes })).toMatch(/not the one/);
  });

  it('is verified by the strongest hash, in whatever order they are listed', async () => {
    expect(
      await verify({
        fullHashes: [
          ['sha256', good],
          ['sha512', bad],
        ],
      }),
    ).toMatch(/its sha512/);
    expect(
      await verify({
        fullHashes: [
          ['sha512', digest('sha512')],
          ['sha256', bad],
        ],
      }),
    ).toBeUndefined();
  });

  it('must have every digest of that hash', async () => {
    expect(
      await verify({
        fullHashes: [
          ['sha256', good],
          ['sha256', bad],
        ],
      }),
    ).toMatch(/its sha256/);
  });

  it('is verified by a hash that the request lists, and by no other', async () => {
    const fullHashes = [['sha1', digest('sha1')]] as const;
    expect(await verify({ fullHashes })).toMatch(/no hash that can be verified/);
    expect(await verify({ fullHashes }, { hashes: ['sha1'] })).toBeUndefined();
    expect(await verify({ fullHashes: [['sha1', bad]] }, { requireHash: false })).toBeUndefined();
  });

  it('fails without a hash it knows, unless that is allowed', async () => {
    for (const fullHashes of [[], [['blake3', bad]] as const]) {
      expect(await verify({ fullHashes })).toMatch(/no hash that can be verified/);
      expect(await verify({ fullHashes }, { hashes: ['blake3'] })).toMatch(/no hash that can be verified/);
      expect(await verify({ fullHashes }, { requireHash: false })).toBeUndefined();
    }
    expect(await verify({})).toMatch(/no hash that can be verified/);
  });

  it('has its size, no byte more or less', async () => {
    const { length } = CONTENT;
    const options = { requireHash: false };
    expect(await verify({ size: length }, options)).toBeUndefined();
    expect(await verify({ size: length + 1 }, options)).toMatch(`it has ${length} of the ${length + 1} bytes`);
    expect(await verify({ size: length - 1 }, options)).toMatch(`longer than the ${length - 1} bytes`);
    expect(await verify({ size: 0 }, options, [])).toBeUndefined();
  });

  it('is at most as large as is allowed, whatever its size says', async () => {
    const { length } = CONTENT;
    const options = { requireHash: false, maxBytes: length };
    expect(await verify({}, options)).toBeUndefined();
    expect(await verify({ size: length }, options)).toBeUndefined();
    expect(await verify({}, { ...options, maxBytes: length - 1 })).toMatch(/it is larger, and at most 12/);
    expect(await verify({ size: length + 1 }, options, [])).toMatch(/it has 14 bytes, and at most 13/);
  });
});
