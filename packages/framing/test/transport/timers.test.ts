import { describe, expect, it } from 'vitest';
import { peerStats } from '../../src/reactor/stats.js';
import { pair } from '../reactor/harness.js';
import { CLIENT_SETTINGS, CountingClock, loneLink, SERVER_SETTINGS } from './lone-link.js';

const REQUEST = "1 3 stream-begin command-request new cbor:{b'name': b'wait'}";

describe('SPEC 8.3.8: settings that do not come', () => {
  for (const role of ['client', 'server'] as const) {
    it(`a ${role} closes with 4408 after 10 s`, async () => {
      const { clock, end, far } = loneLink({ role });
      await clock.advance(9_999);
      expect(end.closed).toBeUndefined();
      await clock.advance(1);
      expect(end.closed?.code).toBe(4408);
      expect(far.closed?.code).toBe(4408);
      expect(end.of('closing').map(({ fault }) => fault.rule)).toEqual(['8.3.8']);
    });
  }

  it('a part of them does not help', async () => {
    const { clock, end, far } = loneLink();
    far.send('0 1 stream-begin sender-protocol-settings continuation \\xa0');
    await clock.advance(10_000);
    expect(end.closed?.code).toBe(4408);
  });

  it('a server that is authenticating its client does not time out', async () => {
    const { clock, end, far } = loneLink({ authenticate: true });
    far.send(CLIENT_SETTINGS);
    await clock.advance(60_000);
    expect(end.closed).toBeUndefined();
    end.peer.accept(clock.now());
    await clock.settle();
    expect(far.of('sender-protocol-settings')).toHaveLength(1);
    expect(far.of('ping')).toEqual([]);
  });

  it('0006 has no settings to wait for, and nothing to time', async () => {
    const clock = new CountingClock();
    const { end } = loneLink({ dialect: 'exp-framing-0006', clock });
    await clock.advance(60_000);
    expect(end.closed).toBeUndefined();
    expect(clock.set).toBe(0);
  });
});

describe('SPEC 8.9.1: silence', () => {
  it('is probed after 15 s, and ends the connection after another 15 s without a close', async () => {
    const { clock, end, far } = loneLink({ role: 'client' });
    far.send(SERVER_SETTINGS);
    await clock.settle();
    const id = end.peer.open({ name: 'wait' });
    await clock.advance(14_999);
    expect(far.of('ping')).toEqual([]);
    await clock.advance(1);
    expect(far.of('ping')).toEqual(["0 1 0 ping 0 cbor:b''"]);
    await clock.advance(14_999);
    expect(end.closed).toBeUndefined();
    await clock.advance(1);
    expect(end.closed).toEqual({ code: 1006, reason: '' });
    expect(end.of('closing').map(({ fault }) => [fault.rule, fault.closeCode])).toEqual([['8.9.1', 4410]]);
    expect(end.of('failed', id).map(({ error }) => error.code)).toEqual(['connection-lost']);
  });

  it('a pong keeps the connection', async () => {
    const { clock, end, far } = loneLink({ role: 'client' });
    far.send(SERVER_SETTINGS);
    for (let round = 1; round <= 4; round++) {
      await clock.advance(15_000);
      expect(far.of('ping')).toHaveLength(round);
      far.send("0 2 0 ping pong cbor:b''");
      await clock.settle();
    }
    expect(end.closed).toBeUndefined();
  });

  it('two idle peers keep each other', async () => {
    const { clock, client, server } = pair();
    await clock.advance(300_000);
    expect([client.closed, server.closed]).toEqual([undefined, undefined]);
    expect(client.peer.inspect(peerStats).frames.in).toBeGreaterThan(15);
  });

  it('is noticed on a transport that takes nothing more, without spinning', async () => {
    const clock = new CountingClock();
    const { end, far } = loneLink({ role: 'client', clock });
    far.send(SERVER_SETTINGS);
    await clock.settle();
    end.transport.stalled = true;
    for (let count = 0; count < 30; count++) end.peer.open({ name: 'bulky', args: { pad: 'x'.repeat(60_000) } });
    far.send('0 2 0 ping 0 cbor:1', "0 4 stream-begin stream-settings eos cbor:b'identity'");
    await clock.settle();
    const before = clock.set;
    await clock.advance(60_000);
    expect(end.of('closing')).toHaveLength(1);
    expect(end.closed).toBeDefined();
    expect(clock.set - before).toBeLessThan(10);
  });
});

describe('SPEC 8.7.3: acks', () => {
  it('come within a second, once', async () => {
    const { clock, far } = loneLink();
    far.send(CLIENT_SETTINGS);
    await clock.settle();
    far.send(REQUEST);
    await clock.advance(1_000);
    expect(far.of('ack')).toEqual(['0 2 0 ack 0 cbor:1']);
    await clock.advance(10_000);
    expect(far.of('ack')).toHaveLength(1);
  });

  it('do not wait for the end of a turn in which much comes', async () => {
    const { clock, end, far } = loneLink();
    far.send(CLIENT_SETTINGS);
    await clock.settle();
    const happened: string[] = [];
    const { receiveBytes } = end.peer;
    end.peer.receiveBytes = (chunk, now) => {
      happened.push('received');
      receiveBytes.call(end.peer, chunk, now);
    };
    end.transport.send = () => void happened.push('sent');
    far.send(`1 3 stream-begin command-request new|more …x60000`);
    for (let count = 0; count < 5; count++) far.send('1 3 0 command-request continuation|more …x60000');
    await clock.settle();
    expect(happened).toEqual([...new Array(5).fill('received'), 'sent', 'received', 'sent']);
  });

  it('go ahead of what is sent anyway', async () => {
    const { clock, far } = loneLink({ onEvent: (event, peer) => event.kind === 'request' && peer.endAnswer(event.id) });
    far.send(CLIENT_SETTINGS);
    await clock.settle();
    far.send(REQUEST);
    await clock.settle();
    expect(far.frames.slice(1).map((text) => text.split(' ')[3])).toEqual(['ack', 'command-response']);
  });
});

describe('SPEC 5.8: an upload nobody reads', () => {
  it('fails after 30 s that hold up another request, and the transport goes on', async () => {
    const { clock, client, server } = pair({ dialect: 'exp-framing-0006' });
    server.taking = false;
    const other = client.peer.open({ name: 'other' });
    const upload = client.peer.open({ name: 'upload', hasData: true });
    client.peer.sendData(upload, new Uint8Array(3_000_000));
    client.peer.endData(upload);
    await clock.advance(29_999);
    expect(client.of('failed')).toEqual([]);
    await clock.advance(1);
    expect(server.of('cancelled', upload).map(({ error }) => error.code)).toEqual(['slow-reader']);
    expect(client.of('failed', upload)).toHaveLength(1);
    server.peer.endAnswer(other);
    await clock.settle();
    expect(client.of('ended', other)).toHaveLength(1);
  });
});

describe('SPEC 7: timers', () => {
  it('none is left when the connection has ended', async () => {
    const clock = new CountingClock();
    const { end, far } = loneLink({ clock });
    far.send(CLIENT_SETTINGS, REQUEST);
    await clock.settle();
    expect(clock.waiting).toBe(1);
    far.transport.close(1000, '');
    await clock.settle();
    expect(end.closed?.code).toBe(1000);
    expect(clock.waiting).toBe(0);
  });
});
