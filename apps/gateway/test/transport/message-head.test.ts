import { describe, expect, it } from 'vitest';
import { messageHead, wholeMessage } from '../../src/transport/message-head.js';

describe('SPEC 7.2 the head of a message', () => {
  it.each([
    [1, '8201'],
    [125, '827d'],
    [126, '827e007e'],
    [65_535, '827effff'],
    [65_536, '827f0000000000010000'],
    [1_114_112, '827f0000000000110000'],
  ])('of %i bytes', (length, hex) => {
    expect(messageHead(length).toString('hex')).toBe(hex);
  });
});

describe('SPEC 7.2 a whole message', () => {
  it('is its head and its chunks', () => {
    expect(wholeMessage(3, [Uint8Array.of(1), Uint8Array.of(2, 3)]).toString('hex')).toBe('8203010203');
    const long = wholeMessage(300, [new Uint8Array(200).fill(1), new Uint8Array(100).fill(2)]);
    expect(long.subarray(0, 4).toString('hex')).toBe('827e012c');
    expect(long.subarray(4).equals(Buffer.concat([Buffer.alloc(200, 1), Buffer.alloc(100, 2)]))).toBe(true);
  });
});
