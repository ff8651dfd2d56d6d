import { describe, expect, it } from 'vitest';
import { messageHead } from '../../src/transport/message-head.js';

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
