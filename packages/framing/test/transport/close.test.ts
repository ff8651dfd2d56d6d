import { describe, expect, it } from 'vitest';
import { peerStats } from '../../src/reactor/stats.js';
import { pair } from '../reactor/harness.js';
import { CLIENT_SETTINGS, loneLink } from './lone-link.js';

const REQUEST = "1 3 stream-begin command-request new cbor:{b'name': b'wait'}";

for (const dialect of ['wiremux.1', 'exp-framing-0006'] as const) {
  describe(`SPEC 9.2: the end of a connection in ${dialect}`, () => {
    for (const closer of ['client', 'server'] as const) {
      it(`closed by the ${closer}, both hear its code, and every request ends once`, async () => {
        const both = pair({ dialect });
        const { clock, client, server } = both;
        const ids = [client.peer.open({ name: 'wait' }), client.peer.open({ name: 'wait', hasData: true })];
        await clock.settle();
        both[closer].link.close(4403, 'not for you');
        await clock.settle();
        expect(client.closed).toEqual({ code: 4403, reason: 'not for you' });
        expect(server.closed).toEqual({ code: 4403, reason: 'not for you' });
        for (const id of ids) {
          expect(client.of('failed', id).map(({ error }) => error.code)).toEqual(['connection-lost']);
          expect(client.error(id)?.message).toContain('4403');
          expect(server.of('cancelled', id).map(({ error }) => error.code)).toEqual(['connection-lost']);
        }
      });
    }

    it('what was queued before the close arrives', async () => {
      const { clock, client, server } = pair({
        dialect,
        onServer: (event, peer) => {
          if (event.kind !== 'request') return;
          peer.sendValue(event.id, 'last');
          peer.endAnswer(event.id);
          server.link.close(1012, 'restart');
        },
      });
      const id = client.peer.open({ name: 'last' });
      await clock.settle();
      expect(client.values(id)).toEqual(['last']);
      expect(client.of('ended', id)).toHaveLength(1);
      expect(client.closed).toEqual({ code: 1012, reason: 'restart' });
    });

    it('a transport that vanishes ends everything once', async () => {
      const { clock, client, server } = pair({ dialect });
      const id = client.peer.open({ name: 'wait' });
      await clock.settle();
      server.transport.terminate();
      await clock.settle();
      expect(client.closed?.code).toBe(1006);
      expect(client.of('failed', id)).toHaveLength(1);
      expect(server.of('cancelled', id)).toHaveLength(1);
      expect(client.of('closing')).toEqual([]);
    });

    it('nothing is told, sent or thrown after the end', async () => {
      const { clock, client, server } = pair({ dialect });
      const id = client.peer.open({ name: 'wait', hasData: true });
      await clock.settle();
      client.link.close(1000, '');
      await clock.settle();
      const [told, sent] = [client.events.length, client.peer.inspect(peerStats).frames.out];
      client.link.close(1011, 'again');
      client.peer.sendData(id, new Uint8Array(10));
      client.peer.taken(id, 10);
      client.peer.cancel(id);
      server.peer.endAnswer(id);
      server.peer.stopped(id);
      await clock.advance(60_000);
      expect(client.events.length).toBe(told);
      expect(client.peer.inspect(peerStats).frames.out).toBe(sent);
      expect(client.closed).toEqual({ code: 1000, reason: '' });
      expect(() => client.peer.open({ name: 'late' })).toThrow(expect.objectContaining({ code: 'connection-lost' }));
    });
  });
}

describe('SPEC 5.11: the last words of a dying peer', () => {
  it('wiremux.1: a link frame, before the close', async () => {
    const { clock, end, far } = loneLink();
    far.send(CLIENT_SETTINGS, REQUEST);
    await clock.settle();
    end.peer.sendValue(1, 'dropped');
    far.send("1 3 0 command-request new cbor:{b'name': b'again'}", "3 3 0 command-request new cbor:{b'name': b'late'}");
    await clock.settle();
    expect(far.of('error-response')).toHaveLength(1);
    expect(far.frames.at(-1)).toMatch(/^0 2 0 error-response 0 .*b'type': b'protocol'/);
    expect(far.closed?.code).toBe(1002);
    expect(end.closed?.code).toBe(1002);
    expect(end.of('request').map(({ id }) => id)).toEqual([1]);
    expect(end.of('cancelled', 1)).toHaveLength(1);
  });

  it('0006: the server, on the request at fault', async () => {
    const { clock, end, far } = loneLink({ dialect: 'exp-framing-0006' });
    far.send("1 1 stream-begin command-request new cbor:{b'name': b'wait'}", '1 1 0 command-data eos x');
    await clock.settle();
    expect(far.frames).toHaveLength(1);
    expect(far.frames[0]).toMatch(/^1 2 stream-begin error-response 0 /);
    expect(far.closed?.code).toBe(1002);
    expect(end.of('closing').map(({ fault }) => fault.rule)).toEqual(['3.3.3']);
  });

  it('0006: a client has none', async () => {
    const { clock, far } = loneLink({ role: 'client', dialect: 'exp-framing-0006' });
    far.send('1 2 stream-begin command-response eos ');
    await clock.settle();
    expect(far.frames).toEqual([]);
    expect(far.closed?.code).toBe(1002);
  });

  it('a peer that is told so says nothing back', async () => {
    const { clock, end, far } = loneLink();
    far.send(CLIENT_SETTINGS);
    await clock.settle();
    far.send("0 1 0 error-response 0 cbor:{b'message': [{b'msg': b'no'}], b'type': b'protocol', b'code': b'protocol'}");
    await clock.settle();
    expect(far.of('error-response')).toEqual([]);
    expect(end.of('closing').map(({ fault }) => fault.message)).toEqual(['The peer reported: no']);
    expect(far.closed?.code).toBe(1002);
  });
});
