import { describe, expect, it } from 'vitest';
import { ReadBuffer } from '../../src/transport/read-buffer.js';

const SMALL = 8_192;
const LARGE = 262_144;

/** Reads `count` bytes of that value. */
function read(buffer: ReadBuffer, count: number, value: number): Uint8Array {
  buffer.next.fill(value, 0, count);
  return buffer.take(count);
}

/** One that has come to read into large memory. */
function large(): ReadBuffer {
  const buffer = new ReadBuffer();
  read(buffer, SMALL, 0);
  return buffer;
}

describe('the memory a socket reads into', () => {
  it('is small while little comes, and what is read is not overwritten', () => {
    const buffer = new ReadBuffer();
    expect(buffer.next.length).toBe(SMALL);
    const first = read(buffer, 3, 1);
    const second = read(buffer, 2, 2);
    expect([first, second]).toEqual([new Uint8Array([1, 1, 1]), new Uint8Array([2, 2])]);
    expect(second.buffer).toBe(first.buffer);
    expect(second.byteOffset).toBe(first.byteOffset + 3);
    expect(buffer.next.length).toBe(SMALL - 5);
  });

  it('is given up with half of it left while it is small: a short message is not cut for want of room', () => {
    const buffer = new ReadBuffer();
    const first = read(buffer, SMALL / 2, 1);
    expect(buffer.next.length).toBe(SMALL / 2);
    const second = read(buffer, 1, 2);
    expect(buffer.next.length).toBe(SMALL);
    expect(buffer.next.buffer).not.toBe(first.buffer);
    expect([first[0], second[0]]).toEqual([1, 2]);
  });

  it('is large once a read has filled it', () => {
    const buffer = new ReadBuffer();
    read(buffer, SMALL - 1, 1);
    expect(buffer.next.length).toBe(SMALL);
    expect(read(buffer, SMALL, 1)).toEqual(new Uint8Array(SMALL).fill(1));
    expect(buffer.next.length).toBe(LARGE);
  });

  it('has reads one behind the other while it is large, uncopied', () => {
    const buffer = large();
    const first = read(buffer, 100_000, 1);
    const second = read(buffer, 10, 2);
    expect(second.buffer).toBe(first.buffer);
    expect(second.byteOffset).toBe(first.byteOffset + 100_000);
    expect(buffer.next.length).toBe(LARGE - 100_010);
    expect([first[99_999], second[9]]).toEqual([1, 2]);
    expect([first.constructor, second.constructor]).toEqual([Uint8Array, Uint8Array]);
  });

  it('is given up when it is almost full: for another while much comes, else for the small one', () => {
    const busy = large();
    const first = read(busy, LARGE - 16_384, 1);
    expect(busy.next.length).toBe(16_384);
    read(busy, SMALL, 2);
    expect(busy.next.length).toBe(LARGE);
    expect(busy.next.buffer).not.toBe(first.buffer);
    const quiet = large();
    read(quiet, LARGE - 16_384, 1);
    read(quiet, 1, 2);
    expect(quiet.next.length).toBe(SMALL);
  });
});
