import { expect, it } from 'vitest';
import { isPrecompressed, precompressed } from '../../src/flow/precompressed.js';

it('SPEC 4.12 bytes are compressed already where that was said of them, from 4 KiB on', () => {
  const bytes = new Uint8Array(4_096);
  expect(isPrecompressed(bytes)).toBe(false);
  expect(precompressed(bytes)).toBe(bytes);
  expect(isPrecompressed(bytes)).toBe(true);
  expect(isPrecompressed(bytes.subarray(0))).toBe(false);
  expect(isPrecompressed(precompressed(new Uint8Array(4_095)))).toBe(false);
});
