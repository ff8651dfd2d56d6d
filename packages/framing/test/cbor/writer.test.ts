import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../src/cbor/index.js';
import { toHex } from './support.js';

function written(write: (out: CborWriter) => void): string {
  const out = new CborWriter();
  write(out);
  return toHex(out.take());
}

describe('CborWriter', () => {
  it.each([
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [255, '18ff'],
    [256, '190100'],
    [65_535, '19ffff'],
    [65_536, '1a00010000'],
    [2 ** 32 - 1, '1affffffff'],
    [2 ** 32, '1b0000000100000000'],
    [2n ** 64n - 1n, '1bffffffffffffffff'],
  ])('writes the shortest head of %s', (value, hex) => {
    expect(written((out) => out.uint(value))).toBe(hex);
  });

  it('writes the items of RFC 8949', () => {
    expect(written((out) => out.int(-500))).toBe('3901f3');
    expect(written((out) => out.int(-(2n ** 64n)))).toBe('3bffffffffffffffff');
    expect(written((out) => out.float(-4.1))).toBe('fbc010666666666666');
    expect(written((out) => out.bytes(Uint8Array.of(1, 2, 3, 4)))).toBe('4401020304');
    expect(written((out) => out.bytes('aü'))).toBe('4361c3bc');
    expect(written((out) => out.text('ü'))).toBe('62c3bc');
    expect(written((out) => out.arrayHead(3))).toBe('83');
    expect(written((out) => out.mapHead(24))).toBe('b818');
    expect(written((out) => out.bool(true))).toBe('f5');
    expect(written((out) => out.bool(false))).toBe('f4');
    expect(written((out) => out.null())).toBe('f6');
    expect(written((out) => out.undefined())).toBe('f7');
    expect(written((out) => out.raw(Uint8Array.of(0x82, 1, 2)))).toBe('820102');
    expect(written((out) => out.head(6, 258))).toBe('d90102');
  });

  it.each([0, 1, 23, 24, 255, 256])('writes the size of a map of %s entries behind them', (size) => {
    const entries = (out: CborWriter): void => {
      for (let key = 0; key < size; key++) {
        out.uint(key);
        out.text('value');
      }
    };
    const told = written((out) => {
      out.mapHead(size);
      entries(out);
      out.null();
    });
    const found = written((out) => {
      const map = out.openMap();
      entries(out);
      out.closeMap(map, size);
      out.null();
    });
    expect(found).toBe(told);
  });

  it('gives what was written since the last take, and counts it', () => {
    const out = new CborWriter();
    expect(out.size).toBe(0);
    out.text('one');
    expect(out.size).toBe(4);
    expect(toHex(out.take())).toBe('636f6e65');
    expect(out.size).toBe(0);
    expect(out.take()).toHaveLength(0);
    out.uint(2);
    expect(toHex(out.take())).toBe('02');
  });

  it('forgets what it is told to', () => {
    const out = new CborWriter();
    out.text('wrong');
    out.clear();
    out.uint(1);
    expect(toHex(out.take())).toBe('01');
  });

  it('grows past any block and keeps what it had', () => {
    const out = new CborWriter();
    for (let index = 0; index < 30_000; index++) out.uint(index % 24);
    out.raw(new Uint8Array(100_000).fill(7));
    out.bytes('x'.repeat(50_000));
    const bytes = out.take();
    expect(bytes).toHaveLength(30_000 + 100_000 + 3 + 50_000);
    expect(bytes.subarray(0, 30_000).every((byte, index) => byte === index % 24)).toBe(true);
    expect(bytes.subarray(30_000, 130_000).every((byte) => byte === 7)).toBe(true);
    expect(toHex(bytes.subarray(130_000, 130_004))).toBe('59c35078');
  });
});
