import { expect, it } from 'vitest';
import { rangeOf } from '../../src/cbor/index.js';
import { isPrecompressed, precompressed } from '../../src/flow/precompressed.js';

it('SPEC 4.12 bytes are compressed already where that was said of them, from 4 KiB on', () => {
  const bytes = new Uint8Array(4_096);
  expect(isPrecompressed(rangeOf(bytes))).toBe(false);
  expect(precompressed(bytes)).toBe(bytes);
  expect(isPrecompressed(rangeOf(bytes))).toBe(true);
  expect(isPrecompressed(rangeOf(bytes.subarray(0)))).toBe(false);
  expect(isPrecompressed(rangeOf(precompressed(new Uint8Array(4_095))))).toBe(false);
});
