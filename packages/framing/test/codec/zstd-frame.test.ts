import { describe, expect, it } from 'vitest';
import { ZstdFrame } from '../../src/codec/zstd-frame.js';
import { everyChunking } from '../../src/testing/index.js';
import { ZSTD_LITERALS, ZSTD_STREAM } from './zstd-vectors.js';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const WINDOW_8_MIB = 13 << 3;
const LAST = 1;
const RLE = 1 << 1;
const COMPRESSED = 2 << 1;
const RESERVED = 3 << 1;

/** A frame of a window of 8 MiB, with these blocks. */
const frame = (...blocks: readonly number[]): number[] => [...MAGIC, 0, WINDOW_8_MIB, ...blocks];
const block = (bits: number, size: number): number[] => {
  const head = bits | (size << 3);
  return [head & 255, (head >> 8) & 255, head >> 16];
};

const fault = (bytes: readonly number[]): string | undefined => new ZstdFrame().check(Uint8Array.from(bytes))?.message;

describe('SPEC 4.8 a zstd-8mb stream, checked before it is decoded', () => {
  it.each([ZSTD_STREAM, ZSTD_LITERALS])('is taken as an encoder makes it: %#', (...payloads) => {
    const parser = new ZstdFrame();
    for (const { encoded } of payloads) expect(parser.check(encoded)).toBeUndefined();
    expect([parser.ended, parser.part]).toEqual([false, 'block']);
  });

  it('may have its end, once', () => {
    const parser = new ZstdFrame();
    expect(parser.check(Uint8Array.from(frame(...block(LAST | RLE, 9), 7)))).toBeUndefined();
    expect(parser.ended).toBe(true);
    expect(parser.check(new Uint8Array(0))).toBeUndefined();
    expect(parser.check(Uint8Array.of(0))?.message).toContain('after the end');
  });

  it('may end in a checksum', () => {
    const ended = [...MAGIC, 4, 0, ...block(LAST, 0)];
    expect(fault([...ended, 1, 2, 3, 4])).toBeUndefined();
    expect(fault([...ended, 1, 2, 3, 4, 5])).toContain('after the end');
  });

  it.each([
    ['this is no zstd frame', [0x28, 0xb5, 0x2f, 0xfe, 0]],
    ['a reserved bit of the frame header is set', [...MAGIC, 8]],
    ['it needs a dictionary', [...MAGIC, 1, 0, 7]],
    ['its window of 9437184 bytes is over 8 MiB', [...MAGIC, 0, WINDOW_8_MIB | 1]],
    ['its window of 8388609 bytes is over 8 MiB', [...MAGIC, 0xa0, 1, 0, 0x80, 0]],
    ['a block is of no known type', frame(...block(RESERVED, 1))],
    ['a compressed block is empty', frame(...block(COMPRESSED, 0))],
    ['a block of 131073 bytes is over 131072', frame(...block(RLE, 131_073))],
    ['a block of 1025 bytes is over 1024', [...MAGIC, 0, 0, ...block(RLE, 1_025)]],
    ['there are bytes after the end of the encoded data', frame(...block(LAST, 0), 1)],
  ])('is refused where %s, in every cut', (message, bytes) => {
    for (const pieces of everyChunking(Uint8Array.from(bytes))) {
      const parser = new ZstdFrame();
      const faults = pieces.map((piece) => parser.check(piece)?.message);
      expect(faults.at(-1)).toBe(message);
      expect(parser.check(Uint8Array.of(0))?.message).toBe(message);
    }
  });

  it.each([
    ['a window of 8 MiB', frame()],
    ['one segment of 8 MiB', [...MAGIC, 0xa0, 0, 0, 0x80, 0]],
    ['a dictionary of number 0', [...MAGIC, 3, 0, 0, 0, 0, 0]],
    ['a run of a whole block', frame(...block(RLE, 131_072), 1)],
    ['an empty raw block', frame(...block(0, 0))],
    ['a block as large as its window', [...MAGIC, 0, 0, ...block(RLE, 1_024), 1]],
  ])('is taken with %s', (_, bytes) => {
    expect(fault(bytes)).toBeUndefined();
  });
});

it.each([
  [[0x20, 200], 200],
  [[0x60, 0, 0], 256],
  [[0xe0, 1, 0, 0, 0, 0, 0, 0, 0], 1],
])('the size of the content %j is %i', (header, size) => {
  const parser = new ZstdFrame();
  expect(parser.check(Uint8Array.from([...MAGIC, ...header]))).toBeUndefined();
  expect([parser.contentSize, parser.window]).toEqual([size, size]);
});
