import { describe, expect, it } from 'vitest';
import { nearestName } from '../src/near-names.js';

describe('nearestName', () => {
  const names = ['echo', 'host.metrics', 'gateway.stats', 'rows'];

  it.each([
    ['host.metric', 'host.metrics'],
    ['hsot.metrics', 'host.metrics'],
    ['Echo', 'echo'],
    ['rowss', 'rows'],
    ['gatewaystat', 'gateway.stats'],
  ])('finds for %s the name %s', (name, nearest) => {
    expect(nearestName(name, names)).toBe(nearest);
  });

  it.each(['metrics', 'xyz', 'q', ''])('finds nothing near %s', (name) => {
    expect(nearestName(name, names)).toBeUndefined();
  });

  it('takes the nearest of several', () => {
    expect(nearestName('row', ['ro', 'rows', 'row2s'])).toBe('ro');
    expect(nearestName('blobs', ['blo', 'blob'])).toBe('blob');
  });

  it('does not compare names over 64 letters', () => {
    expect(nearestName('n'.repeat(64), ['n'.repeat(65)])).toBe('n'.repeat(65));
    expect(nearestName('n'.repeat(65), ['n'.repeat(65)])).toBeUndefined();
  });
});
