import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { zstd as nodeZstd } from '../../src/codec/node/zstd.js';
import type { ContentCodec } from '../../src/stream/codec.js';
import { BROWSER_ZSTD, type Decoded, decodeWhole, NEEDS_ZSTD, NODE_ZSTD, noise, sameBytes, wordy } from './codecs.js';
import { ZSTD_LITERALS, ZSTD_STREAM } from './zstd-vectors.js';

/** Magic number, a window of 128 KiB, no checksum, no content size. */
const HEAD = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
const RAW = 0;
const RLE = 1;
const COMPRESSED = 2;

function block(type: number, size: number, body: readonly number[], last = false): number[] {
  const head = (size << 3) | (type << 1) | Number(last);
  return [head & 255, (head >> 8) & 255, head >> 16, ...body];
}

async function decoded(codec: ContentCodec, ...payloads: readonly (readonly number[])[]): Promise<Decoded> {
  const decoder = codec.createDecoder();
  let last: Decoded = new Uint8Array(0);
  for (const payload of payloads) last = await decodeWhole(decoder, Uint8Array.from(payload), 65_536);
  decoder.close();
  return last;
}

function understandsFrames(codec: ContentCodec): void {
  it.each([
    ['matches', ZSTD_STREAM],
    ['literals', ZSTD_LITERALS],
  ])('decodes each payload when it ends: %s', async (_, payloads) => {
    const decoder = codec.createDecoder();
    for (const { plain, encoded } of payloads) sameBytes(await decodeWhole(decoder, encoded, 65_536), plain);
    decoder.close();
  });

  it('decodes a stream that comes byte by byte', async () => {
    const decoder = codec.createDecoder();
    for (const { plain, encoded } of ZSTD_STREAM) {
      const pieces: Uint8Array[] = [];
      for (const byte of encoded) {
        const piece = await decodeWhole(decoder, Uint8Array.of(byte), 100);
        pieces.push(piece as Uint8Array);
      }
      sameBytes(new Uint8Array(Buffer.concat(pieces)), plain);
    }
    decoder.close();
  });

  it('decodes raw blocks, runs and empty blocks', async () => {
    const payload = [
      ...HEAD,
      ...block(RAW, 0, []),
      ...block(RAW, 2, [1, 2]),
      ...block(RLE, 3, [7]),
      ...block(RLE, 0, [9]),
    ];
    expect(await decoded(codec, payload)).toEqual(Uint8Array.of(1, 2, 7, 7, 7));
  });

  it('gives runs of 128 KiB in steps of what is asked', async () => {
    const runs = Array.from({ length: 32 }, () => block(RLE, 131_072, [0])).flat();
    const decoder = codec.createDecoder();
    const sizes: number[] = [];
    let step = await decoder.decode(Uint8Array.from([...HEAD, ...runs]), 65_536);
    while (step.kind === 'plain') {
      sizes.push(step.plain.length);
      if (!step.more) break;
      step = await decoder.resume(65_536);
    }
    expect(sizes).toEqual(new Array(64).fill(65_536));
    decoder.close();
  });

  it('takes a window of 8 MiB, and none past it', async () => {
    const body = block(RAW, 1, [5]);
    expect(await decoded(codec, [...HEAD.slice(0, 5), 13 << 3, ...body])).toEqual(Uint8Array.of(5));
    expect(await decoded(codec, [...HEAD.slice(0, 5), (13 << 3) + 1])).toMatch(
      'its window of 9437184 bytes is over 8 MiB',
    );
    expect(await decoded(codec, [...HEAD.slice(0, 5), 255])).toMatch('over 8 MiB');
    // One segment of 2^23 + 1 bytes, in four bytes.
    expect(await decoded(codec, [...HEAD.slice(0, 4), 0xa0, 1, 0, 128, 0])).toMatch('over 8 MiB');
  });

  it('takes a content size that is right', async () => {
    const one = block(RAW, 1, [5], true);
    expect(await decoded(codec, [...HEAD.slice(0, 4), 0x20, 1, ...one])).toEqual(Uint8Array.of(5));
    expect(typeof (await decoded(codec, [...HEAD.slice(0, 4), 0x20, 2, ...one]))).toBe('string');
    const two = [...block(RAW, 1, [5]), ...block(RAW, 1, [5], true)];
    expect(typeof (await decoded(codec, [...HEAD.slice(0, 4), 0x20, 1, ...two]))).toBe('string');
    const run = block(RLE, 256 + 44, [6], true);
    expect(await decoded(codec, [...HEAD.slice(0, 4), 0x40, 0x38, 44, 0, ...run])).toEqual(new Uint8Array(300).fill(6));
    expect(await decoded(codec, [...HEAD.slice(0, 4), 0xc0, 0x38, 44, 1, 0, 0, 0, 0, 0, 0, ...run])).toHaveLength(300);
  });

  it.each([
    ['another magic number', [0x28, 0xb5, 0x2f, 0xfc, 0]],
    ['a skippable frame', [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]],
    ['a reserved bit', [...HEAD.slice(0, 4), 8]],
    ['a dictionary', [...HEAD.slice(0, 4), 0x01, 0x38, 7]],
    ['a reserved block type', [...HEAD, ...block(3, 1, [0])]],
    ['an empty compressed block', [...HEAD, ...block(COMPRESSED, 0, [])]],
    ['a block past 128 KiB', [...HEAD, ...block(RLE, 131_073, [0])]],
    ['a block past its window', [...HEAD.slice(0, 5), 0, ...block(RLE, 1_025, [0])]],
    ['a compressed block of nothing sensible', [...HEAD, ...block(COMPRESSED, 4, [255, 255, 255, 255])]],
    // Runs of the longest codes, without the bits that they take.
    [
      'a few bytes that stand for gigabytes',
      [...HEAD, ...block(COMPRESSED, 9, [0, 255, 255, 255, 0x54, 35, 0, 52, 1])],
    ],
    ['bytes after the end', [...HEAD, ...block(RAW, 1, [5], true), 0]],
  ])('refuses %s, and goes on refusing', async (_, payload) => {
    const fault = await decoded(codec, payload);
    expect(typeof fault).toBe('string');
    expect(await decoded(codec, payload, [...HEAD])).toBe(fault);
  });

  it('takes the end of the frame, and nothing after it', async () => {
    const whole = [...HEAD, ...block(RAW, 1, [5], true)];
    expect(await decoded(codec, whole, [])).toEqual(new Uint8Array(0));
    expect(await decoded(codec, whole, [0])).toMatch('after the end');
    expect(await decoded(codec, [...whole, ...whole])).toMatch('after the end');
    expect(await decoded(codec, whole, whole)).toMatch('after the end');
  });

  it('takes a checksum, and nothing after it', async () => {
    const encoded = Buffer.from('28b52ffd24176500003068656c6c6f200100994b11175eae0d', 'hex');
    for (const cut of [encoded.length, encoded.length - 2]) {
      const decoder = codec.createDecoder();
      const [first, second] = [encoded.subarray(0, cut), encoded.subarray(cut)];
      sameBytes(await decodeWhole(decoder, first, 100), Buffer.from('hello hello hello hello'));
      expect(await decodeWhole(decoder, second, 100)).toEqual(new Uint8Array(0));
      expect(await decodeWhole(decoder, Uint8Array.of(0), 100)).toMatch('after the end');
      decoder.close();
    }
  });

  it('takes a dictionary id of zero', async () => {
    expect(await decoded(codec, [...HEAD.slice(0, 4), 0x01, 0x38, 0, ...block(RAW, 1, [5])])).toEqual(Uint8Array.of(5));
  });
}

describe('SPEC 4.8, 4.13: zstd-8mb of the browser', () => {
  understandsFrames(BROWSER_ZSTD);

  it('has no encoder', () => {
    expect(BROWSER_ZSTD.createEncoder).toBeUndefined();
  });
});

/** Node's own one-shot function, absent from the types of the oldest Node supported. */
const { zstdCompressSync } = zlib as unknown as {
  zstdCompressSync: (plain: Uint8Array, options?: object) => Uint8Array;
};
const parameters = zlib.constants as unknown as Record<
  'ZSTD_c_compressionLevel' | 'ZSTD_c_windowLog' | 'ZSTD_c_checksumFlag' | 'ZSTD_c_contentSizeFlag',
  number
>;

describe.skipIf(!NODE_ZSTD)(`SPEC 4.8, 4.13: zstd-8mb of Node${NEEDS_ZSTD}`, () => {
  understandsFrames(NODE_ZSTD!);

  it.each([1, 3, 9, 19])('makes at level %d what both platforms decode', async (level) => {
    const encoder = nodeZstd({ level, windowLog: 23 })!.createEncoder!();
    const decoders = [NODE_ZSTD!.createDecoder(), BROWSER_ZSTD.createDecoder()];
    for (const plain of [wordy(10), wordy(5_000, 2), noise(70_000), wordy(300_000, 3), new Uint8Array(400_000)]) {
      const encoded = await encoder.encode(plain);
      for (const decoder of decoders) sameBytes(await decodeWhole(decoder, encoded, 65_536), plain);
    }
    for (const context of [encoder, ...decoders]) context.close();
  });

  it.each([0, 1, 300, 70_000, 3_000_000])('decodes what Node made of %d bytes in one go', async (size) => {
    for (const plain of [wordy(size), noise(size)]) {
      const params = { [parameters.ZSTD_c_checksumFlag]: 1, [parameters.ZSTD_c_contentSizeFlag]: 1 };
      const encoded = [...zstdCompressSync(plain, { params })];
      sameBytes(await decoded(NODE_ZSTD!, encoded), plain);
      sameBytes(await decoded(BROWSER_ZSTD, encoded), plain);
    }
  });

  it('refuses a wrong checksum', async () => {
    const encoded = [...zstdCompressSync(wordy(500), { params: { [parameters.ZSTD_c_checksumFlag]: 1 } })];
    encoded[encoded.length - 1]! ^= 1;
    expect(typeof (await decoded(NODE_ZSTD!, encoded))).toBe('string');
  });
});

describe('where Node has no zstd', () => {
  it('has no codec, and so none is advertised', () => {
    expect(nodeZstd() === undefined).toBe(!('createZstdCompress' in zlib));
  });
});
