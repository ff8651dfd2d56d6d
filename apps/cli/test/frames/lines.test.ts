import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/frames/lines.js';
import { collect, inChunks } from './support.js';

describe('readLines', () => {
  it.each([1, 2, 5, 1_000])('gives lines and their byte offsets, cut every %i bytes', async (chunk) => {
    const lines = await collect(readLines(inChunks('a\n\r\nzwölf\r\n\nend', chunk), 100));
    expect(lines).toEqual([
      { text: 'a', offset: 0 },
      { text: '', offset: 2 },
      { text: 'zwölf', offset: 4 },
      { text: '', offset: 12 },
      { text: 'end', offset: 13 },
    ]);
  });

  it('gives no line for an end after the last line feed', async () => {
    expect(await collect(readLines(inChunks('a\n'), 100))).toHaveLength(1);
    expect(await collect(readLines(inChunks(''), 100))).toEqual([]);
  });

  it('keeps a carriage return inside a line and a byte order mark', async () => {
    const lines = await collect(readLines(inChunks('\ufeffa\rb\r'), 100));
    expect(lines).toEqual([{ text: '\ufeffa\rb\r', offset: 0 }]);
  });

  it('tells where the text is not UTF-8', async () => {
    const input = inChunks(Uint8Array.of(0x61, 0x0a, 0x62, 0xff, 0x0a), 2);
    await expect(collect(readLines(input, 100))).rejects.toMatchObject({ data: { offset: 3 } });
  });

  it('takes a line of the longest length and refuses one byte more', async () => {
    expect(await collect(readLines(inChunks('abc\nabc', 1), 4))).toHaveLength(2);
    await expect(collect(readLines(inChunks('ab\nabcd\n', 1), 4))).rejects.toMatchObject({
      code: 'bad-input',
      data: { offset: 3 },
    });
  });
});
