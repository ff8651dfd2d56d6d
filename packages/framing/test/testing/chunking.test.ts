import { describe, expect, it } from 'vitest';
import { cutAt, everyChunking } from '../../src/testing/chunking.js';

function ramp(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => at);
}

function joined(pieces: readonly Uint8Array[]): number[] {
  return pieces.flatMap((piece) => [...piece]);
}

describe('cutAt', () => {
  it('cuts at the offsets given, and gives empty pieces for equal ones', () => {
    expect(cutAt(ramp(5), [1, 3, 3]).map((piece) => [...piece])).toEqual([[0], [1, 2], [], [3, 4]]);
  });

  it('gives the whole for no offset', () => {
    expect(cutAt(ramp(2), []).map((piece) => [...piece])).toEqual([[0, 1]]);
  });
});

describe('everyChunking', () => {
  it.each([0, 1, 2, 17, 256, 257, 1000])('loses and adds nothing to %i bytes', (size) => {
    const bytes = ramp(size);
    for (const pieces of everyChunking(bytes)) expect(joined(pieces)).toEqual([...bytes]);
  });

  it('gives the whole, single bytes, and every single cut of a short input', () => {
    const shapes = [...everyChunking(ramp(4))].map((pieces) => pieces.map((piece) => piece.length).join());
    expect(shapes).toEqual(expect.arrayContaining(['4', '1,1,1,1', '1,3', '2,2', '3,1', '2,0,2']));
  });

  it('gives the same cuts for the same seed and others for another', () => {
    const shapes = (seed: number): string =>
      JSON.stringify([...everyChunking(ramp(300), seed)].map((pieces) => pieces.map((piece) => piece.length)));
    expect(shapes(7)).toBe(shapes(7));
    expect(shapes(7)).not.toBe(shapes(8));
  });
});
