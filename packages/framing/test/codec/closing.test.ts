import { describe, expect, it } from 'vitest';
import type { ContentCodec } from '../../src/stream/codec.js';
import { decodeWhole, NEEDS_ZSTD, NODE_ZSTD, noise, ZLIB } from './codecs.js';

const BIG = noise(300_000);

/** One round trip through the thread pool: what was begun before it has come back by its end. */
async function roundTrip(codec: ContentCodec): Promise<void> {
  const encoder = codec.createEncoder!();
  const decoder = codec.createDecoder();
  await decodeWhole(decoder, await encoder.encode(BIG), 65_536);
  encoder.close();
  decoder.close();
}

function closesAnyTime(codec: ContentCodec): void {
  it('closes during a call, and twice', async () => {
    const source = codec.createEncoder!();
    const encoded = await source.encode(BIG);
    source.close();
    for (let i = 0; i < 50; i += 1) {
      const encoder = codec.createEncoder!();
      const decoder = codec.createDecoder();
      void encoder.encode(BIG);
      void decoder.decode(encoded, i % 2 === 0 ? 10 : 1_000_000);
      encoder.close();
      decoder.close();
      encoder.close();
      decoder.close();
    }
    for (let i = 0; i < 5; i += 1) await roundTrip(codec);
  });

  it('closes between two steps of a payload, and says so afterwards', async () => {
    const encoder = codec.createEncoder!();
    const decoder = codec.createDecoder();
    expect(await decoder.decode(await encoder.encode(BIG), 100)).toMatchObject({ kind: 'plain', more: true });
    decoder.close();
    expect(await decoder.resume(100)).toEqual({ kind: 'malformed', message: 'the decoder is closed' });
    expect(await decoder.decode(BIG, 100)).toEqual({ kind: 'malformed', message: 'the decoder is closed' });
    encoder.close();
  });

  it('works on contexts side by side, each in its own order', async () => {
    await Promise.all(Array.from({ length: 8 }, () => roundTrip(codec)));
  });
}

describe('zlib of Node', () => closesAnyTime(ZLIB.node));
describe('zlib of the browser', () => closesAnyTime(ZLIB.browser));
describe.skipIf(!NODE_ZSTD)(`zstd-8mb of Node${NEEDS_ZSTD}`, () => closesAnyTime(NODE_ZSTD!));
