import { describe, expect, it } from 'vitest';
import { zlib as browserZlib } from '../../src/codec/browser/zlib.js';
import { zstd as browserZstd } from '../../src/codec/browser/zstd.js';
import { zlib as nodeZlib } from '../../src/codec/node/zlib.js';
import { zstd as nodeZstd } from '../../src/codec/node/zstd.js';
import { wordy } from './codecs.js';

describe.each([
  ['node', nodeZlib, nodeZstd],
  ['browser', browserZlib, browserZstd],
] as const)('options in %s', (_, zlib, zstd) => {
  it.each([-1, 10, 1.5, Number.NaN])('has no zlib level %d', (level) => {
    expect(() => zlib({ level })).toThrow(`The option \`level\` is ${level}; give it a whole number from 0 to 9.`);
  });

  it.each([0, 20, 2.5])('has no zstd level %d', (level) => {
    expect(() => zstd({ level })).toThrow(`The option \`level\` is ${level}; give it a whole number from 1 to 19.`);
  });

  it.each([9, 24])('has no zstd window of 2^%d', (windowLog) => {
    expect(() => zstd({ windowLog })).toThrow(`The option \`windowLog\` is ${windowLog}; give it a whole number`);
  });

  it('compresses more at a higher level', async () => {
    const sizes = await Promise.all(
      [0, 1, 9].map(async (level) => (await zlib({ level }).createEncoder!().encode(wordy(10_000))).length),
    );
    expect(sizes[0]).toBeGreaterThan(10_000);
    expect(sizes[1]).toBeLessThan(7_000);
    expect(sizes[2]).toBeLessThan(sizes[1]!);
  });

  it('takes the ends of every range', () => {
    expect(zlib({ level: 9 }).name).toBe('zlib');
    expect(() => zstd({ level: 1, windowLog: 10 })).not.toThrow();
    expect(() => zstd({ level: 19, windowLog: 23 })).not.toThrow();
  });
});
