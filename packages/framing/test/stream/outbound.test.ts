import { describe, expect, it } from 'vitest';
import { nextStreamFlags, OutboundStreams } from '../../src/stream/outbound.js';

describe('SPEC 8.12.1 streams that this side sends on', () => {
  it('SPEC 8.1.6 are given to channels as they come, of one parity', () => {
    const streams = new OutboundStreams(4, 16);
    const names = ['default', 'control', 'default', 'bulk', 'control'];
    expect(names.map((name) => streams.of(name).stream.id)).toEqual([4, 6, 4, 8, 6]);
    expect([...streams.list()].map(({ id, channel }) => [id, channel])).toEqual([
      [4, 'default'],
      [6, 'control'],
      [8, 'bulk'],
    ]);
  });

  it('SPEC 4.2 begin with their first frame, and count', () => {
    const { stream } = new OutboundStreams(3, 16).of('default');
    expect([nextStreamFlags(stream, 10), nextStreamFlags(stream, 8), nextStreamFlags(stream, 9)]).toEqual([1, 0, 0]);
    expect(stream).toMatchObject({ id: 3, channel: 'default', begun: true, frames: 3, bytes: 27, plainBytes: 27 });
    expect(nextStreamFlags(stream, 5, 50)).toBe(0);
    expect(stream).toMatchObject({ frames: 4, bytes: 32, plainBytes: 77 });
  });

  it('SPEC 8.3.6 are no more than the other side accepts: further channels share the last', () => {
    const streams = new OutboundStreams(3, 2);
    const names = ['control', 'default', 'bulk', 'other', 'bulk'];
    expect(names.map((name) => streams.of(name).stream.id)).toEqual([3, 5, 5, 5, 5]);
  });

  it('SPEC 8.3.6 stay what they are when fewer are accepted than there are', () => {
    const streams = new OutboundStreams(3, 16);
    for (const name of ['control', 'default', 'bulk']) streams.of(name);
    streams.most = 1;
    expect(['control', 'default', 'bulk', 'other'].map((name) => streams.of(name).stream.id)).toEqual([3, 5, 7, 7]);
  });

  it('is one for all channels where the dialect has no others', () => {
    const streams = new OutboundStreams(2, 1);
    expect([streams.of('bulk').stream.id, streams.of('default').stream.id]).toEqual([2, 2]);
    expect(streams.of('bulk').stream.channel).toBe('default');
  });
});
