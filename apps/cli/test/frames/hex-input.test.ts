import { describe, expect, it } from 'vitest';
import { readHex } from '../../src/frames/hex-input.js';
import { collect, inChunks } from './support.js';

async function read(text: string, chunk?: number): Promise<string> {
  return Buffer.concat(await collect(readHex(inChunks(text, chunk)))).toString('hex');
}

describe('readHex', () => {
  it.each([1, 2, 3, 100])('reads digits of both cases and skips white space, cut every %i bytes', async (chunk) => {
    expect(await read('00 fF\n\tAb\r\n1 2', chunk)).toBe('00ffab12');
  });

  it.each([
    ['0g', 1, '"g" is not'],
    ['00 \u0000', 3, '0x00 is not'],
    ['00ff0', 5, 'the input ends'],
    ['é', 0, '0xc3 is not'],
  ])('tells where %j is wrong', async (text, offset, why) => {
    for (const chunk of [1, 100]) {
      await expect(read(text, chunk)).rejects.toMatchObject({ code: 'bad-input', data: { offset } });
      await expect(read(text, chunk)).rejects.toThrow(`Byte ${offset}: ${why}`);
    }
  });
});
