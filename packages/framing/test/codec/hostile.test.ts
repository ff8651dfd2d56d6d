import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentCodec } from '../../src/stream/codec.js';
import { BROWSER_ZSTD, type Decoded, decodeWhole, noise, sameBytes, wordy, ZLIB } from './codecs.js';
import { ZSTD_STREAM } from './zstd-vectors.js';

const MiB = 1024 * 1024;

/** A payload of an open stream, by Node's one-shot function. */
function flushed(plain: Uint8Array): Uint8Array {
  return new Uint8Array(deflateSync(plain, { finishFlush: constants.Z_SYNC_FLUSH }));
}

const each = Object.entries(ZLIB).map(([platform, codec]) => ({ platform, codec }));

/** What a fresh decoder makes of the payload, and the steps it took. */
async function stepsOf(codec: ContentCodec, payload: Uint8Array, most: number): Promise<number[]> {
  const decoder = codec.createDecoder();
  const sizes: number[] = [];
  let step = await decoder.decode(payload, most);
  while (step.kind === 'plain') {
    sizes.push(step.plain.length);
    if (!step.more) break;
    step = await decoder.resume(most);
  }
  expect(step.kind).toBe('plain');
  decoder.close();
  return sizes;
}

describe.each(each)('SPEC 4.8: zlib of $platform, decoding what Node made in one go', ({ codec }) => {
  it.each([0, 1, 100, 16_384, 65_536, 1_000_000])('decodes %d bytes', async (size) => {
    const decoder = codec.createDecoder();
    sameBytes(await decodeWhole(decoder, flushed(wordy(size)), 65_536), wordy(size));
    decoder.close();
  });

  it('decodes every level, window and memory level', async () => {
    const plain = wordy(50_000);
    for (let level = 0; level <= 9; level += 1) {
      const options = { level, windowBits: 9 + (level % 7), memLevel: 1 + (level % 9), finishFlush: 2 };
      const decoder = codec.createDecoder();
      sameBytes(await decodeWhole(decoder, deflateSync(plain, options), 65_536), plain);
      decoder.close();
    }
  });
});

describe.each(each)('zlib of $platform, however much a payload decodes to', ({ codec }) => {
  it('gives 4 MiB of zeros from 4 KB in steps of what is asked', async () => {
    const bomb = flushed(new Uint8Array(4 * MiB));
    expect(bomb.length).toBeLessThan(4_200);
    expect(await stepsOf(codec, bomb, 65_536)).toEqual(new Array(64).fill(65_536));
    expect(await stepsOf(codec, bomb, 4 * MiB)).toEqual([4 * MiB]);
    expect(await stepsOf(codec, bomb, 4 * MiB - 1)).toEqual([4 * MiB - 1, 1]);
  });

  it('holds a step and a chunk of 256 MiB at most', async () => {
    const bomb = flushed(new Uint8Array(256 * MiB));
    const decoder = codec.createDecoder();
    await decoder.decode(wordy(0), 1);
    const before = process.memoryUsage();
    let step = await decoder.decode(bomb, 65_536);
    for (let i = 0; i < 20; i += 1) step = await decoder.resume(65_536);
    expect(step).toMatchObject({ kind: 'plain', more: true });
    const after = process.memoryUsage();
    expect(after.external - before.external).toBeLessThan(8 * MiB);
    decoder.close();
  });

  it.each([100, 16_384, 65_536, 200_000])('says there is more past a step of %d bytes, and only then', async (size) => {
    const payload = flushed(wordy(size));
    expect(await stepsOf(codec, payload, size)).toEqual([size]);
    expect(await stepsOf(codec, payload, size + 1)).toEqual([size]);
    expect(await stepsOf(codec, payload, size - 1)).toEqual([size - 1, 1]);
  });
});

describe.each(each)('SPEC 4.13: zlib of $platform, given what is no zlib', ({ codec }) => {
  const whole = new Uint8Array(deflateSync(wordy(500)));

  async function decoded(...payloads: readonly Uint8Array[]): Promise<Decoded> {
    const decoder = codec.createDecoder();
    let last: Decoded = new Uint8Array(0);
    for (const payload of payloads) last = await decodeWhole(decoder, payload, 65_536);
    decoder.close();
    return last;
  }

  it('takes the end of the stream, and nothing after it', async () => {
    sameBytes(await decoded(whole), wordy(500));
    expect(await decoded(whole, new Uint8Array(0))).toEqual(new Uint8Array(0));
    expect(await decoded(Buffer.concat([whole, whole.subarray(0, 1)]))).toMatch('after the end');
    expect(await decoded(whole, new Uint8Array(1))).toMatch('after the end');
    const big = new Uint8Array(deflateSync(noise(100_000)));
    expect(await decoded(Buffer.concat([big, new Uint8Array(1)]))).toMatch('after the end');
    expect(await decoded(big, noise(20_000))).toMatch('after the end');
  });

  it('refuses another wrapper, a dictionary, a wrong checksum, and goes on refusing', async () => {
    expect(typeof (await decoded(deflateRawSync(wordy(500))))).toBe('string');
    expect(typeof (await decoded(deflateSync(wordy(500), { dictionary: Buffer.from('gateway') })))).toBe('string');
    const wrong = whole.slice();
    wrong[wrong.length - 1]! ^= 1;
    expect(typeof (await decoded(wrong))).toBe('string');
    expect(await decoded(wrong, whole)).toBe(await decoded(wrong));
    const bigWrong = noise(40_000);
    expect(typeof (await decoded(bigWrong))).toBe('string');
    expect(await decoded(bigWrong, whole)).toBe(await decoded(bigWrong));
  });

  it('decodes every beginning of a stream to a beginning of its plain bytes', async () => {
    const plain = wordy(500);
    for (let end = 0; end <= whole.length; end += 1) {
      const bytes = await decoded(whole.slice(0, end));
      expect(bytes).toBeInstanceOf(Uint8Array);
      sameBytes(bytes, plain.subarray(0, bytes.length));
    }
  });

  it('makes of any other bytes what the other platform makes of them', async () => {
    const stream = flushed(wordy(2_000));
    const mutated = fc.array(fc.tuple(fc.nat(stream.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 4 });
    const bytes = fc.oneof(
      { weight: 4, arbitrary: mutated.map((changes) => mutate(stream, changes)) },
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((body) => new Uint8Array([0x78, 0x9c, ...body])),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (payload) => {
        const [here, there] = [ZLIB.node.createDecoder(), ZLIB.browser.createDecoder()];
        const [one, other] = [await decodeWhole(here, payload, 700), await decodeWhole(there, payload, 700)];
        if (typeof one === 'string') expect(typeof other).toBe('string');
        else sameBytes(other, one);
        here.close();
        there.close();
      }),
      { numRuns: 300 },
    );
  });
});

function mutate(stream: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const mutated = stream.slice();
  for (const [at, change] of changes) mutated[at]! ^= change;
  return mutated;
}

describe('zstd-8mb of the browser, given any bytes', () => {
  const stream = new Uint8Array(Buffer.concat(ZSTD_STREAM.map(({ encoded }) => encoded)));

  it('gives bytes or says what is wrong', async () => {
    const changes = fc.array(fc.tuple(fc.nat(stream.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 4 });
    const bytes = fc.oneof(
      changes.map((list) => mutate(stream, list)),
      fc.uint8Array({ maxLength: 200 }).map((body) => new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, ...body])),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (payload) => {
        const decoder = BROWSER_ZSTD.createDecoder();
        await decodeWhole(decoder, payload, 65_536);
        decoder.close();
      }),
      { numRuns: 300 },
    );
  });
});
