import { describe, expect, it } from 'vitest';
import { type ConnectionRow, filterConnections, readConnections } from '../../src/state/connections.js';

const row = {
  id: 'c1',
  since: 1_700_000_000_000,
  dialect: 'wiremux.1',
  principal: 'Ada',
  remote: '127.0.0.1:5000',
  channels: [{ stream: 2, direction: 'out', name: 'control', encoding: 'identity', frames: 3, bytes: 40, queued: 0 }],
  requests: [{ id: 7, command: 'digest', channel: 'bulk', since: 1_700_000_000_500, state: 'running', bytes: 12 }],
};

describe('readConnections', () => {
  it('reads what gateway.connections tells', () => {
    expect(readConnections([row])).toEqual([{ ...row, requests: [{ ...row.requests[0], id: '7' }] }]);
  });

  it('reads moments written as text', () => {
    expect(readConnections([{ since: '2023-11-14T22:13:20Z' }])[0]?.since).toBe(1_700_000_000_000);
    expect(readConnections([{ since: 'yesterday' }])[0]?.since).toBeNull();
  });

  it('leaves empty what is missing', () => {
    expect(readConnections([{}, null])).toEqual(
      Array.from({ length: 2 }, () => ({
        id: '',
        since: null,
        dialect: '',
        principal: '',
        remote: '',
        channels: [],
        requests: [],
      })),
    );
    expect(readConnections('nonsense')).toEqual([]);
  });
});

describe('filterConnections', () => {
  const rows = readConnections([row, { ...row, id: 'c2', principal: 'Bob', requests: [] }]);
  const ids = (found: readonly ConnectionRow[]): string[] => found.map(({ id }) => id);

  it.each([
    ['', ['c1', 'c2']],
    ['  ', ['c1', 'c2']],
    ['ADA', ['c1']],
    ['c2', ['c2']],
    ['digest', ['c1']],
    ['127.0.', ['c1', 'c2']],
    ['nobody', []],
  ])('finds %o', (filter, found) => {
    expect(ids(filterConnections(rows, filter))).toEqual(found);
  });
});
