import { describe, expect, it } from 'vitest';
import { formatBytes, formatTick, formatUnit, NO_VALUE, type Unit } from '../../src/format/units.js';

describe('formatUnit', () => {
  it.each<[number | null, Unit, string]>([
    [null, 'bytes', NO_VALUE],
    [0.1234, 'share', '12.3 %'],
    [1, 'share', '100.0 %'],
    [1536, 'bytes/s', '1.5 KiB/s'],
    [0, 'bytes/s', '0 B/s'],
    [1234567, 'count', '1,234,567'],
    [0, 'per-second', '0.0 /s'],
    [99.96, 'per-second', '100 /s'],
    [1529.4, 'per-second', '1,529 /s'],
    [1.234, 'ms', '1.23 ms'],
    [83.04, 'ms', '83.0 ms'],
    [6.9, 'plain', '6.90'],
  ])('writes %d as %s: %s', (value, unit, text) => {
    expect(formatUnit(value, unit)).toBe(text);
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KiB'],
    [1024, '1.0 KiB'],
    [99.94 * 1024, '99.9 KiB'],
    [99.96 * 1024, '100 KiB'],
    [999.6 * 1024, '1.0 MiB'],
    [300_000_000, '286 MiB'],
    [2 ** 40, '1.0 TiB'],
    [2 ** 63, '8,192 PiB'],
  ])('writes %d with three leading figures: %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatTick', () => {
  it.each<[number, Unit, string]>([
    [0.5, 'share', '50 %'],
    [10 * 2 ** 20, 'bytes/s', '10 MiB'],
    [512, 'bytes', '512 B'],
    [0.5, 'count', '0.5'],
    [2_000, 'per-second', '2K'],
    [0.1 + 0.2, 'ms', '0.3 ms'],
  ])('writes %d of %s briefly: %s', (value, unit, text) => {
    expect(formatTick(value, unit)).toBe(text);
  });
});
