import { describe, expect, it } from 'vitest';
import { pair } from './harness.js';
import { LonePeer } from './lone-peer.js';
import { again, client, GRANT, newcomer, server, serverSettings } from './resume-scene.js';

const NOTICE = { after: 500, jitter: 2_000, reason: 'update' };
const FRAME = "0 2 0 drain 0 cbor:{b'after': 500, b'jitter': 2000, b'reason': b'update'}";

describe('SPEC 8.10 a server that is about to leave', () => {
  it('SPEC 8.10.2 says so', () => {
    const server = new LonePeer();
    server.peer.drain(NOTICE);
    expect(server.sent()).toEqual([FRAME]);
  });

  it('SPEC 8.10.2 says so behind its settings, to a client that it has not let in yet', () => {
    const server = new LonePeer({ authenticate: true, stream: false });
    server.peer.drain({ after: 9, jitter: 9 });
    server.peer.drain(NOTICE);
    expect(server.sent()).toEqual([]);
    server.peer.accept(server.now);
    expect(server.sent()).toEqual([expect.stringContaining('sender-protocol-settings'), FRAME]);
  });

  it('may say so again', () => {
    const server = new LonePeer();
    server.peer.drain(NOTICE);
    server.peer.drain(NOTICE);
    expect(server.sent()).toEqual([FRAME, FRAME]);
  });

  it('cannot say so in older dialects, over HTTP, on a dead connection, or as a client', () => {
    const lone = [
      new LonePeer({ dialect: 'exp-framing-0006' }),
      new LonePeer({ halfDuplex: true }),
      new LonePeer(),
      new LonePeer({ role: 'client' }),
    ];
    lone[2]?.peer.close(1012, '');
    for (const { peer } of lone) peer.drain(NOTICE);
    expect(lone.flatMap((peer) => peer.sent()).join()).not.toContain('drain');
  });

  it('SPEC 8.2.7 has times in their ranges', () => {
    const server = new LonePeer();
    expect(() => server.peer.drain({ after: 0, jitter: -1 })).toThrow(
      expect.objectContaining({ code: 'bad-arguments' }),
    );
  });

  it('SPEC 8.10.1 is heard once', () => {
    const client = new LonePeer({ role: 'client' });
    client.feed(FRAME, "0 2 0 drain 0 cbor:{b'after': 1, b'jitter': 1, b'at': b'wss://b/mux'}");
    expect(client.of('drain')).toEqual([{ kind: 'drain', notice: NOTICE }]);
    expect(client.fault).toBeUndefined();
  });

  it('SPEC 8.2.7 breaks with a frame that is malformed, also behind another', () => {
    const client = new LonePeer({ role: 'client' });
    client.feed(FRAME, "0 2 0 drain 0 cbor:{b'after': 1}");
    expect(client.fault).toMatchObject({ rule: '8.2.7', closeCode: 1002 });
  });
});

describe('SPEC 8.10.2 a session whose server is about to leave', () => {
  it('is told on every transport it gets, behind the settings', () => {
    const lone = server();
    lone.sent();
    lone.peer.drain(NOTICE);
    expect(lone.sent()).toEqual([FRAME]);
    lone.peer.detach(lone.now);
    expect(lone.peer.resume(newcomer(0).peer, lone.now, { session: GRANT })).toBe(true);
    expect(lone.sent()).toEqual([expect.stringContaining('sender-protocol-settings'), FRAME]);
  });

  it('is told once it has one, where it had none', () => {
    const lone = server();
    lone.sent();
    lone.peer.detach(lone.now);
    lone.peer.drain(NOTICE);
    expect(lone.peer.resume(newcomer(0).peer, lone.now, { session: GRANT })).toBe(true);
    expect(lone.sent()).toEqual([expect.stringContaining('sender-protocol-settings'), FRAME]);
  });

  it('SPEC 8.10.1 hears it again on each', () => {
    const lone = client();
    lone.feed(FRAME);
    again(lone);
    lone.feed(serverSettings(0, true), FRAME, FRAME);
    expect(lone.of('drain')).toHaveLength(2);
  });
});

describe('SPEC 8.10.7 a session whose server has left', () => {
  it('ends with 1012 behind a drain frame, on both sides', () => {
    const lone = client();
    expect(lone.peer.survives(1012)).toBe(true);
    lone.feed(FRAME);
    expect(lone.peer.survives(1012)).toBe(false);
    expect(lone.peer.survives(1006)).toBe(true);
    again(lone);
    expect(lone.peer.survives(1012)).toBe(true);
    lone.feed(serverSettings(0, true));
    expect(lone.peer.survives(1012)).toBe(true);

    const left = server();
    left.peer.drain(NOTICE);
    left.peer.close(1012, 'Over.');
    left.sent();
    expect(left.of('closing')).toMatchObject([{ fault: { closeCode: 1012 } }]);
    expect(left.of('leaving')).toEqual([]);
  });

  it('outlives other closes, and 1012 where nothing was said of leaving', () => {
    const told = server();
    told.peer.drain(NOTICE);
    told.peer.close(4401, 'Expired.');
    const untold = server();
    untold.peer.close(1012, 'Over.');
    for (const lone of [told, untold]) {
      lone.sent();
      expect(lone.of('closing')).toEqual([]);
      expect(lone.of('leaving')).toHaveLength(1);
    }
  });

  it('SPEC 8.8.14 outlives a client that closes with 1012', () => {
    const lone = server();
    lone.peer.drain(NOTICE);
    expect(lone.peer.survives(1012)).toBe(true);
  });
});

describe('SPEC 8.10.4 a connection that ends with its requests', () => {
  it('is closed at once where there are none', async () => {
    const { clock, client, server } = pair();
    await clock.settle();
    expect(client.peer.idle).toBe(true);
    client.link.closeWhenIdle(1000, 'moved');
    await clock.settle();
    expect(server.closed).toEqual({ code: 1000, reason: 'moved' });
    client.link.closeWhenIdle(1000, 'moved');
    await clock.settle();
    expect(client.closed).toEqual({ code: 1000, reason: 'moved' });
  });

  it('lives until its own are answered', async () => {
    const { clock, client, server } = pair();
    await clock.settle();
    const id = client.peer.open({ name: 'x' });
    client.link.closeWhenIdle(1000, '');
    await clock.settle();
    expect(client.peer.idle).toBe(false);
    server.peer.sendValue(id, 'a value');
    await clock.settle();
    expect(client.closed).toBeUndefined();
    server.peer.endAnswer(id);
    await clock.settle();
    expect(client.values(id)).toEqual(['a value']);
    expect(client.of('ended', id)).toHaveLength(1);
    expect(client.closed).toMatchObject({ code: 1000 });
  });

  it('lives until those of the other side are, and their answers have gone', async () => {
    const { clock, client, server } = pair();
    await clock.settle();
    const id = server.peer.open({ name: 'x' });
    await clock.settle();
    client.link.closeWhenIdle(1000, '');
    await clock.settle();
    expect(client.closed).toBeUndefined();
    client.peer.sendValue(id, 'the last');
    client.peer.endAnswer(id);
    await clock.settle();
    expect(server.values(id)).toEqual(['the last']);
    expect(server.of('ended', id)).toHaveLength(1);
    expect(server.closed).toMatchObject({ code: 1000 });
  });
});
