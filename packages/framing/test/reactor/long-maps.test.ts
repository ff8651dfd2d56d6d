import { describe, expect, it } from 'vitest';
import { pair } from './harness.js';
import { LonePeer } from './lone-peer.js';

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(0x78);

/** Request id and flags of the command-request frames, in the order they go. */
function requests(lone: LonePeer): string[] {
  const frames = lone.sentSession().map((frame) => frame.split(' '));
  return frames.filter((fields) => fields[3] === 'command-request').map(([id, , , , flags]) => `${id} ${flags}`);
}

describe('SPEC 8.3.9 requests whose map takes several frames', () => {
  it('open one after another, and requests of one frame do not wait for them', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'a', args: { a: bytes(100_000) } });
    lone.peer.open({ name: 'b', args: { a: bytes(100_000) } });
    lone.peer.open({ name: 'c' });
    expect(requests(lone)).toEqual(['1 new|more', '5 new', '1 continuation', '3 new|more', '3 continuation']);
  });

  it('go on when one of them is cancelled, begun or not', () => {
    const lone = new LonePeer({ role: 'client' });
    for (const name of ['a', 'b', 'c', 'd']) lone.peer.open({ name, args: { a: bytes(100_000) } });
    lone.takeMessage();
    lone.peer.cancel(5);
    lone.peer.cancel(1);
    expect(requests(lone)).toEqual(['3 new|more', '3 continuation', '7 new|more', '7 continuation']);
  });

  it('do not send their data before their map', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'a', args: { a: bytes(100_000) } });
    lone.peer.open({ name: 'b', args: { a: bytes(100_000) }, hasData: true });
    lone.peer.sendData(3, bytes(10));
    lone.peer.endData(3);
    const types = lone.sentSession().map((frame) => frame.split(' ').slice(0, 5).join(' '));
    expect(types.slice(2)).toEqual([
      '3 3 0 command-request new|more|have-data',
      '3 3 0 command-request continuation|have-data',
      '3 3 0 command-data eos',
    ]);
  });

  it('SPEC 9.1.3, 9.1.4 are not refused by a receiver with tight limits', async () => {
    const { clock, client } = pair({
      limits: { openingRequests: 1, requestMaps: 200_000 },
      onServer: (event, peer) => event.kind === 'request' && peer.endAnswer(event.id),
    });
    const sizes = Array.from({ length: 200 }, (_, at) => (at % 4 === 0 ? 150_000 : 10_000));
    const ids = sizes.map((size) => client.peer.open({ name: 'x', args: { a: bytes(size) } }));
    await clock.settle();
    expect(client.of('failed')).toEqual([]);
    expect(client.of('ended')).toHaveLength(ids.length);
  });

  it('SPEC 3.2.2 are cut no more often than they must be', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'a', args: { a: bytes(40_000) } });
    lone.peer.open({ name: 'b', args: { a: bytes(40_000) } });
    expect(requests(lone)).toEqual(['1 new', '3 new']);
  });
});
