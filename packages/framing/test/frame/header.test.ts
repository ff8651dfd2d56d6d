import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/frame/header.js';
import { countByDialect } from '../vectors/rows.js';
import { type FrameRow, fromHex, toHex, vectors } from './vectors.js';

const rows = vectors<FrameRow>('frames.jsonl');

describe('SPEC 1 frames: encoding', () => {
  it('has the rows of the reference, all of them', () => {
    expect(countByDialect(rows)).toEqual({ '0002': 17, '0003': 25, '0005': 18, '0006': 20 });
  });

  it.each(rows)('encodes as the reference does: request $requestId, stream $streamId, type $type', (row) => {
    expect(toHex(encodeFrame(row, fromHex(row.payload)))).toBe(row.frame);
  });

  it('SPEC 1.2 weighs the third length byte 65,536', () => {
    const frame = encodeFrame({ requestId: 1, streamId: 1, streamFlags: 0, type: 2, flags: 1 }, new Uint8Array(70_000));
    expect(toHex(frame.subarray(0, 8))).toBe('7011010100010021');
    expect(frame.length).toBe(70_008);
  });

  it('writes the largest value of every field', () => {
    const header = { requestId: 0xffff, streamId: 0xff, streamFlags: 0xff, type: 0xf, flags: 0xf };
    expect(toHex(encodeFrame(header, new Uint8Array(0)))).toBe('000000ffffffffff');
  });
});
