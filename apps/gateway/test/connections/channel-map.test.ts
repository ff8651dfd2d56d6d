import type { StreamStats } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { ChannelMap } from '../../src/connections/channel-map.js';

const stream = (id: number, direction: 'in' | 'out', name: string): StreamStats => ({
  stream: id,
  direction,
  name,
  encoding: 'identity',
  frames: id,
  bytes: id * 10,
  plainBytes: id * 20,
  queued: 0,
});

describe('SPEC 8.12 the map from stream ids to channels', () => {
  const map = new ChannelMap(
    [stream(6, 'out', 'bulk'), stream(4, 'out', 'default'), stream(1, 'in', 'default')],
    [
      { id: 1, channel: 'default' },
      { id: 3, channel: 'bulk' },
      { id: 5, channel: 'default' },
      { id: 7, channel: 'elsewhere' },
    ],
  );

  it('finds the channel of a stream, with its figures', () => {
    expect(map.get(6)).toEqual({ ...stream(6, 'out', 'bulk'), requests: [3] });
    expect(map.get(2)).toBeUndefined();
  });

  it('lists every request whose answer goes on a stream', () => {
    expect(map.get(4)?.requests).toEqual([1, 5]);
  });

  it("gives no requests to the peer's streams, whatever they are called", () => {
    expect(map.get(1)?.requests).toEqual([]);
  });

  it('lists channels by stream id', () => {
    expect(map.list().map((channel) => channel.stream)).toEqual([1, 4, 6]);
  });

  it('is empty for a connection without streams', () => {
    expect(new ChannelMap([], [{ id: 1, channel: 'default' }]).list()).toEqual([]);
  });
});
