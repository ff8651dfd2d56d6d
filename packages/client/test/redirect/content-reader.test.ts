import { encodeValue } from '@wiremux/framing';
import { everyChunking } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { contentReader } from '../../src/redirect/content-reader.js';

/** What a reader is given of this content. */
function read(
  mediaType: string,
  pieces: readonly Uint8Array[],
  bytePieces = false,
): { values: unknown[]; size: number } {
  const values: unknown[] = [];
  let size = 0;
  let open: Uint8Array[] = [];
  const reader = contentReader(
    mediaType,
    {
      bytePieces,
      values: (given, sizes) => {
        values.push(...given);
        for (const each of sizes) size += each;
      },
      bytes: (bytes, each, last) => {
        size += each;
        open.push(bytes);
        if (!last) return;
        values.push(Buffer.concat(open).toString());
        open = [];
      },
    },
    { valueBytes: 100 },
  );
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return { values, size };
}

const text = Buffer.from('some bytes');
const sequence = Buffer.concat([{ a: 1 }, [2, 3], text, 'end'].map((value) => encodeValue(value)));

describe('SPEC 3.4.14 what is there', () => {
  it.each(['application/mercurial-cbor', 'application/cbor-seq', 'Application/CBOR-seq; charset=x'])(
    'with %s is the results',
    (mediaType) => {
      for (const pieces of everyChunking(sequence)) {
        expect(read(mediaType, pieces)).toEqual({
          values: [{ a: 1 }, [2, 3], new Uint8Array(text), 'end'],
          size: sequence.length,
        });
        expect(read(mediaType, pieces, true)).toEqual({
          values: [{ a: 1 }, [2, 3], 'some bytes', 'end'],
          size: sequence.length,
        });
      }
    },
  );

  it.each(['application/octet-stream', 'text/plain', 'application/cbor', ''])(
    'with "%s" is one byte string',
    (mediaType) => {
      for (const pieces of [[text], [text.subarray(0, 4), text.subarray(4)], []]) {
        const whole = Buffer.concat(pieces);
        expect(read(mediaType, pieces)).toEqual({ values: [new Uint8Array(whole)], size: whole.length });
        expect(read(mediaType, pieces, true)).toEqual({ values: [whole.toString()], size: whole.length });
      }
    },
  );

  it('may be no results at all', () => {
    expect(read('application/cbor-seq', [])).toEqual({ values: [], size: 0 });
  });

  it.each([
    ['is malformed', Uint8Array.of(0xff)],
    ['ends inside a value', sequence.subarray(0, -1)],
    ['has a value past the bounds', encodeValue('x'.repeat(99))],
  ])('that %s cannot be read', (_, bytes) => {
    expect(() => read('application/cbor-seq', [bytes])).toThrow(expect.objectContaining({ code: 'redirect-failed' }));
  });
});
