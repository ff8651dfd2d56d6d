import { describe, expect, it } from 'vitest';
import { freshnessOf } from '../../src/state/freshness.js';

describe('freshnessOf', () => {
  it('waits until the first value', () => {
    expect(freshnessOf(undefined, true, 5_000, 1_000)).toEqual({ kind: 'waiting' });
  });

  it('is live while values come, be they a little late', () => {
    expect(freshnessOf(5_000, true, 9_000, 1_000)).toEqual({ kind: 'live' });
  });

  it('is stale once values are overdue though there is a connection', () => {
    expect(freshnessOf(5_000, true, 9_001, 1_000)).toEqual({ kind: 'stale', age: 4_001 });
  });

  it('is stale at once when there is no connection', () => {
    expect(freshnessOf(5_000, false, 5_000, 1_000)).toEqual({ kind: 'stale', age: 0 });
    expect(freshnessOf(5_000, false, 4_000, 1_000)).toEqual({ kind: 'stale', age: 0 });
  });
});
