import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeWhole, noise, sameBytes, wordy, ZLIB } from './codecs.js';

describe('where zlib of Node does its work', () => {
  it.each([
    [0, false],
    [100, false],
    [8_000, false],
    [8_192, true],
    [65_535, true],
  ])('for %d bytes that do not compress: the thread pool is %s', async (size, pooled) => {
    const encoder = ZLIB.node.createEncoder!();
    const decoder = ZLIB.node.createDecoder();
    const encoded = encoder.encode(noise(size));
    expect(encoded instanceof Promise).toBe(pooled);
    const step = decoder.decode(await encoded, 65_536);
    expect(step instanceof Promise).toBe(pooled);
    expect(await step).toEqual({ kind: 'plain', plain: noise(size), more: false });
    const small = encoder.encode(wordy(100));
    expect(small).toBeInstanceOf(Uint8Array);
    expect(decoder.decode(await small, 100)).toEqual({ kind: 'plain', plain: wordy(100), more: false });
    encoder.close();
    decoder.close();
  });

  it('is the thread pool for what a small payload decodes to past 64 KiB', async () => {
    const encoder = ZLIB.node.createEncoder!();
    const plain = new Uint8Array(4 * 1024 * 1024);
    const encoded = await encoder.encode(plain);
    expect(encoded.length).toBeLessThan(8_192);
    const decoder = ZLIB.node.createDecoder();
    const first = decoder.decode(encoded, 65_535);
    expect(first).toMatchObject({ kind: 'plain', more: true });
    expect(decoder.resume(65_535)).toBeInstanceOf(Promise);
    encoder.close();
    decoder.close();
  });
});

type NodeZlib = typeof import('node:zlib');
/** Part of a compression stream that only `sync-handle.ts` knows of. */
interface Internals {
  _handle: Record<'writeSync', unknown>;
}

describe('zlib of a Node without the way to do it at once', () => {
  afterEach(() => {
    vi.doUnmock('node:zlib');
    vi.resetModules();
  });

  const refuse = (): never => {
    throw new Error('no such call');
  };

  it.each([
    ['is not there', undefined],
    ['does nothing', () => undefined],
    ['wants something else', refuse],
  ])('does all of it in the thread pool where the call %s', async (_, writeSync) => {
    vi.resetModules();
    vi.doMock('node:zlib', async (importOriginal) => {
      const original = await importOriginal<NodeZlib>();
      const createDeflate: NodeZlib['createDeflate'] = (options) => {
        const stream = original.createDeflate(options);
        (stream as unknown as Internals)._handle.writeSync = writeSync;
        return stream;
      };
      return { ...original, createDeflate };
    });
    const { zlib } = await import('../../src/codec/node/zlib.js');
    const encoder = zlib().createEncoder!();
    const decoder = zlib().createDecoder();
    for (const plain of [0, 1, 100, 20_000, 0, 100_000, 5].map((size) => wordy(size))) {
      const encoded = encoder.encode(plain);
      expect(encoded).toBeInstanceOf(Promise);
      sameBytes(await decodeWhole(decoder, await encoded, 1_000), plain);
    }
    encoder.close();
    decoder.close();
  });
});
