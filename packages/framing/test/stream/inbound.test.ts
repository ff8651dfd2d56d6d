import { describe, expect, it } from 'vitest';
import { InboundStreams } from '../../src/stream/inbound.js';

const frame = (streamId: number, streamFlags: number): Parameters<InboundStreams['receive']>[0] => ({
  requestId: 1,
  streamId,
  streamFlags,
  type: 1,
  flags: 1,
});

/** The rule that each frame broke, or the stream it is counted on. */
function results(streams: InboundStreams, ...frames: (readonly [id: number, flags: number])[]): (string | number)[] {
  return frames.map(([id, flags]) => {
    const result = streams.receive(frame(id, flags), 10);
    return 'rule' in result ? result.rule : result.id;
  });
}

describe('SPEC 4 streams that the other side sends on', () => {
  it('SPEC 4.1 have the parity of that side, and are never 0', () => {
    expect(results(new InboundStreams(1, 16, 1), [3, 1], [255, 1], [2, 1], [0, 1])).toEqual([3, 255, '4.1', '4.1']);
    expect(results(new InboundStreams(0, 16, 2), [4, 1], [254, 1], [3, 1], [0, 1])).toEqual([4, 254, '4.1', '4.1']);
  });

  it('SPEC 1.3 have no flags but three', () => {
    const streams = new InboundStreams(1, 16, 1);
    expect(results(streams, [3, 0x08], [3, 0x81], [3, 0x05], [3, 0x04], [3, 0x06])).toEqual(['1.3', '1.3', 3, 3, 3]);
  });

  it('SPEC 4.2, 4.3 begin, carry, end, and may begin again', () => {
    const streams = new InboundStreams(1, 16, 1);
    expect(results(streams, [3, 0], [3, 2], [3, 1], [3, 1], [3, 3], [3, 0], [3, 2])).toEqual([
      '4.3',
      '4.3',
      3,
      '4.3',
      '4.3',
      3,
      3,
    ]);
    expect(results(streams, [3, 0], [3, 3], [3, 3], [3, 1], [3, 0])).toEqual(['4.3', 3, 3, 3, 3]);
  });

  it('SPEC 4.7 are 16 at most, one that ends with its first frame too', () => {
    const streams = new InboundStreams(1, 16, 1);
    const first16 = Array.from({ length: 16 }, (_, at): [number, number] => [3 + 2 * at, 1]);
    expect(results(streams, ...first16)).toEqual(first16.map(([id]) => id));
    expect(results(streams, [35, 1], [35, 3], [33, 0])).toEqual(['4.7', '4.7', 33]);
    expect(results(streams, [33, 2], [35, 3], [35, 1], [37, 1])).toEqual([33, 35, 35, '4.7']);
  });

  it('SPEC 4.7 do not count the link stream, before or after it began', () => {
    const streams = new InboundStreams(1, 1, 1);
    expect(results(streams, [3, 1], [1, 1], [5, 1])).toEqual([3, 1, '4.7']);
    expect(results(new InboundStreams(1, 1, 1), [1, 1], [3, 1], [5, 1])).toEqual([1, 3, '4.7']);
    expect(results(new InboundStreams(1, 1, 0), [1, 1], [3, 1])).toEqual([1, '4.7']);
  });

  it('SPEC 4.4 count their frames, the last included, and begin anew', () => {
    const streams = new InboundStreams(1, 16, 1);
    const first = streams.receive(frame(3, 1), 10);
    streams.receive(frame(3, 4), 5);
    expect([...streams.list()]).toEqual([first]);
    expect(first).toMatchObject({ id: 3, frames: 2, bytes: 31, configured: false, encoded: true, ended: false });
    streams.receive(frame(3, 2), 0);
    expect(first).toMatchObject({ frames: 3, bytes: 39, ended: true });
    expect([...streams.list()]).toEqual([]);
    expect(streams.receive(frame(3, 1), 0)).toMatchObject({
      id: 3,
      frames: 1,
      bytes: 8,
      configured: false,
      encoded: false,
      ended: false,
    });
  });
});
