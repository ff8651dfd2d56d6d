import { describe, expect, it } from 'vitest';
import { DIALECTS, Peer, Responder } from '../../src/index.js';
import { memoryTransportPair, VirtualClock } from '../../src/testing/index.js';
import { End } from '../reactor/harness.js';
import { FakeCodec } from '../stream/fake-codec.js';

const encoding = DIALECTS.filter(({ name }) => name === 'wiremux.1' || name === 'exp-framing-0006');

describe.each(encoding)('SPEC 7.6 a half-duplex link in $name, whose encodings leave the event loop', (dialect) => {
  const linked = () => {
    const clock = new VirtualClock();
    const [near, far] = memoryTransportPair(clock);
    const codecs = { client: new FakeCodec({ leaves: () => true }), server: new FakeCodec({ leaves: () => true }) };
    const peerOf = (role: 'client' | 'server') =>
      new Peer({ role, responder: Responder, dialect, halfDuplex: true, now: clock.now(), codecs: [codecs[role]] });
    const server = new End(clock, peerOf('server'), far, (event, peer) => {
      if (event.kind !== 'request') return;
      peer.sendValue(event.id, new Uint8Array(1_000).fill(7));
      peer.endAnswer(event.id);
    });
    const client = new End(clock, peerOf('client'), near, () => undefined);
    const id = client.peer.open({ name: 'x' });
    client.peer.flush(clock.now());
    const work = async (codec: FakeCodec): Promise<void> => {
      for (await clock.settle(); codec.jobs.length > 0; await clock.settle()) await codec.finish();
    };
    return { clock, client, server, id, codecs, work };
  };

  it('does not finish before all is encoded, nor end before all is decoded', async () => {
    const { clock, client, server, id, codecs, work } = linked();
    await clock.settle();
    expect(codecs.server.jobs).toHaveLength(1);
    expect(server.peer.outputEnded).toBe(false);
    await work(codecs.server);
    expect(server.peer.outputEnded).toBe(true);
    server.transport.close(1000, '');
    await clock.settle();
    expect(codecs.client.jobs).toHaveLength(1);
    expect([client.closed, client.of('failed', id)]).toEqual([undefined, []]);
    await work(codecs.client);
    expect(client.values(id)).toEqual([new Uint8Array(1_000).fill(7)]);
    expect(client.of('ended', id)).toHaveLength(1);
    expect(client.closed).toEqual({ code: 1000, reason: '' });
  });

  it('ends at once where it broke', async () => {
    const { clock, client, server, id, codecs, work } = linked();
    await work(codecs.server);
    server.transport.terminate();
    await clock.settle();
    expect(client.of('failed', id)).toMatchObject([{ error: { code: 'connection-lost' } }]);
    expect(client.closed).toMatchObject({ code: 1006 });
  });
});
