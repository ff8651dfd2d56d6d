import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentCodec, Encoder } from '../../src/stream/codec.js';
import { decodeWhole, noise, PAIRS, sameBytes, wordy } from './codecs.js';

/** Sizes on both sides of where the thread pool takes over, and of every chunk. */
const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(300) },
  { weight: 3, arbitrary: fc.nat(20_000) },
  { weight: 2, arbitrary: fc.nat(200_000) },
  fc.constantFrom(0, 1, 8_191, 8_192, 8_193, 32_768, 65_535, 65_536, 65_537, 131_072),
);
const payload = fc.tuple(size, fc.constantFrom('wordy', 'noise', 'zeros'), fc.nat()).map(([bytes, kind, seed]) => {
  if (kind === 'zeros') return new Uint8Array(bytes);
  return kind === 'wordy' ? wordy(bytes, seed) : noise(bytes, seed);
});

function encoderOf(codec: ContentCodec): Encoder {
  return codec.createEncoder!();
}

describe.each(PAIRS)('SPEC 4.10: %s', (_, encoding, decoding) => {
  it('gives every payload back whole, whatever its size and in whatever steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(payload, { maxLength: 8 }),
        fc.integer({ min: 1, max: 100_000 }),
        async (plains, step) => {
          const encoder = encoderOf(encoding);
          const decoder = decoding.createDecoder();
          for (const plain of plains) {
            const encoded = await encoder.encode(plain);
            sameBytes(await decodeWhole(decoder, encoded, Math.max(step, plain.length >> 6)), plain);
          }
          encoder.close();
          decoder.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps its context from payload to payload', async () => {
    const encoder = encoderOf(encoding);
    const decoder = decoding.createDecoder();
    const sizes: number[] = [];
    for (const bytes of [noise(900), noise(900), noise(20_000), noise(20_000)]) {
      const encoded = await encoder.encode(bytes);
      sizes.push(encoded.length);
      sameBytes(await decodeWhole(decoder, encoded, 65_536), bytes);
    }
    expect(sizes[1]).toBeLessThan(60);
    expect(sizes[3]).toBeLessThan(1_000);
    encoder.close();
    decoder.close();
  });

  it('decodes what comes of empty payloads to nothing', async () => {
    const encoder = encoderOf(encoding);
    const decoder = decoding.createDecoder();
    for (const plain of [0, 0, 5, 0].map((bytes) => wordy(bytes))) {
      expect(await decodeWhole(decoder, await encoder.encode(plain), 10)).toEqual(plain);
    }
    expect(await decodeWhole(decoder, new Uint8Array(0), 10)).toEqual(new Uint8Array(0));
    encoder.close();
    decoder.close();
  });

  it('decodes a payload that is cut anywhere', async () => {
    const plain = wordy(40_000);
    const encoder = encoderOf(encoding);
    const encoded = await encoder.encode(plain);
    encoder.close();
    for (const cut of [1, 7, 1_000]) {
      const decoder = decoding.createDecoder();
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < encoded.length; at += cut) {
        const decoded = await decodeWhole(decoder, encoded.slice(at, at + cut), 65_536);
        expect(decoded).toBeInstanceOf(Uint8Array);
        pieces.push(decoded as Uint8Array);
      }
      sameBytes(new Uint8Array(Buffer.concat(pieces)), plain);
      decoder.close();
    }
  });
});
