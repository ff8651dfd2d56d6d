import { DIALECT_NAMES, encodeFrame } from '@wiremux/framing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrames } from '../../src/frames/decode.js';
import { encodeFrames } from '../../src/frames/encode.js';
import { collect, inChunks } from './support.js';

const header = { requestId: 1, streamId: 1, streamFlags: 1, type: 1, flags: 1 };
const echo = encodeFrame(header, Buffer.from('a1446e616d65446563686f', 'hex'));
const options = { dialect: 'wiremux.1', literals: false } as const;

async function decode(bytes: Uint8Array, chunk?: number, literals = false): Promise<string[]> {
  const lines = await collect(decodeFrames(inChunks(bytes, chunk), { ...options, literals }));
  return lines.flatMap((text) => text.split('\n'));
}

describe('SPEC 6.1 frames as lines', () => {
  it('prints one line a frame, wherever the input is cut', async () => {
    const line = '1 1 stream-begin command-request new \\xa1DnameDecho';
    for (const chunk of [1, 7, 20, 1_000]) {
      expect(await decode(Buffer.concat([echo, echo]), chunk)).toEqual([line, line]);
    }
  });

  it('prints literals when asked', async () => {
    expect(await decode(echo, undefined, true)).toEqual([
      "1 1 stream-begin command-request new cbor:{b'name': b'echo'}",
    ]);
  });

  it('tells where the input ends inside a frame, after the whole ones', async () => {
    const lines = decodeFrames(inChunks(Buffer.concat([echo, echo.subarray(0, 12)])), options);
    expect((await lines.next()).value).toContain('command-request');
    await expect(lines.next()).rejects.toMatchObject({ code: 'bad-input', data: { offset: 31 } });
    await expect(decode(echo.subarray(0, 3))).rejects.toThrow('begins at byte 0');
  });

  it('refuses a line that is no frame at its byte, after the lines before it', async () => {
    const frames = encodeFrames(inChunks('\n1 1 0 command-data eos ü\n1 1 0 ümlaut 0 \n'), 'wiremux.1');
    expect((await frames.next()).value).toHaveLength(10);
    await expect(frames.next()).rejects.toMatchObject({ code: 'bad-input', data: { offset: 33 } });
  });

  it('gives the same bytes back, in the names of any dialect', async () => {
    const frame = fc.tuple(
      fc.record({
        requestId: fc.nat(0xffff),
        streamId: fc.nat(0xff),
        streamFlags: fc.nat(0xff),
        type: fc.nat(0xf),
        flags: fc.nat(0xf),
      }),
      fc.uint8Array({ maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { maxLength: 5 }),
        fc.constantFrom(...DIALECT_NAMES),
        fc.boolean(),
        fc.integer({ min: 1, max: 60 }),
        async (frames, dialect, literals, chunk) => {
          const bytes = Buffer.concat(frames.map(([fields, payload]) => encodeFrame(fields, payload)));
          const lines = await collect(decodeFrames(inChunks(bytes, chunk), { dialect, literals }));
          const again = encodeFrames(inChunks(lines.join('\n'), chunk), dialect);
          expect(Buffer.concat(await collect(again))).toEqual(bytes);
        },
      ),
    );
  });
});
