import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../src/flow/token-bucket.js';

function takeAll(bucket: TokenBucket, now: number): number {
  let taken = 0;
  while (bucket.take(now)) taken++;
  return taken;
}

describe('SPEC 9.1.14 a budget', () => {
  it('holds its most at the start, and not one more', () => {
    expect(takeAll(new TokenBucket(2_000, 200, 0), 0)).toBe(2_000);
  });

  it('refills with time, also by parts of a token', () => {
    const bucket = new TokenBucket(10, 200, 1_000);
    takeAll(bucket, 1_000);
    expect(bucket.take(1_004)).toBe(false);
    expect(bucket.take(1_005)).toBe(true);
    expect(bucket.take(1_007)).toBe(false);
    expect(bucket.take(1_010)).toBe(true);
    expect(takeAll(bucket, 1_030)).toBe(4);
  });

  it('never holds more than its most, however long it was left alone', () => {
    const bucket = new TokenBucket(10, 200, 0);
    expect(takeAll(bucket, 100_000)).toBe(10);
    expect(takeAll(bucket, 100_000)).toBe(0);
    expect(takeAll(bucket, 200_000)).toBe(10);
  });
});
