import { describe, expect, it } from 'vitest';
import { peerStats } from '../../src/reactor/stats.js';
import { toHex } from '../frame/vectors.js';
import { pair } from './harness.js';
import { LonePeer } from './lone-peer.js';

const CALL = "command-request new cbor:{b'name': b'x'}";
const PING = "0 1 0 ping 0 cbor:b'p'";

/** A server whose client has sent nothing but its settings. */
const quiet = (limits = {}): LonePeer => new LonePeer({ stream: false, limits });

describe('SPEC 8.7 acks', () => {
  it('SPEC 8.7.1, 8.7.2, 8.1.1, 8.1.3 say how many session frames came, link frames not counted', () => {
    const lone = quiet();
    lone.feed(`1 3 stream-begin ${CALL}`, PING, '9 3 0 cancel 0 ', "0 3 0 stream-settings eos cbor:b'identity'");
    lone.peer.endAnswer(1);
    expect(lone.sent()[0]).toBe('0 2 0 ack 0 cbor:3');
  });

  it('SPEC 8.7.1 do not count a frame that is cut', () => {
    const lone = quiet();
    lone.feed(`1 3 stream-begin ${CALL}`);
    lone.feedBytes(new Uint8Array(7));
    lone.wait(1_000);
    expect(lone.sent()).toEqual(['0 2 0 ack 0 cbor:1']);
  });

  it('SPEC 8.7.3 go ahead of whatever is sent anyway, once', () => {
    const lone = quiet();
    lone.feed(`1 3 stream-begin ${CALL}`, `3 3 0 ${CALL}`);
    lone.peer.endAnswer(1);
    expect(lone.sent()).toEqual(['0 2 0 ack 0 cbor:2', expect.stringContaining(' command-response eos ')]);
    lone.peer.endAnswer(3);
    expect(lone.sent()).toEqual([expect.stringContaining(' command-response eos ')]);
  });

  it('SPEC 8.7.3 go within a second of a frame, by themselves', () => {
    const lone = quiet();
    const woken: number[] = [];
    lone.peer.onWake(() => woken.push(1));
    lone.feed('1 3 stream-begin command-request new|more \\xa1', '1 3 0 command-request continuation|more D');
    expect(woken).toEqual([1]);
    expect(lone.sent()).toEqual([]);
    expect(lone.peer.nextTimeout()).toBeLessThanOrEqual(1_000);
    lone.wait(1_000);
    expect(lone.sent()).toEqual(['0 2 0 ack 0 cbor:2']);
    lone.wait(5_000);
    expect(lone.sent()).toEqual([]);
  });

  it('SPEC 8.7.3 go within a second also where nothing else happens between two links', async () => {
    const { clock, client, server } = pair();
    await clock.settle();
    client.peer.open({ name: 'x' });
    await clock.settle();
    const before = client.peer.inspect(peerStats).frames.in;
    await clock.advance(1_000);
    expect(client.peer.inspect(peerStats).frames.in).toBe(before + 1);
    expect(server.peer.inspect(peerStats).frames.out).toBe(before + 1);
  });

  it('SPEC 8.7.3 go after 32 KiB, headers counted', () => {
    for (const [bytes, acks] of [
      [32_767, []],
      [32_768, ['0 2 0 ack 0 cbor:2']],
    ] as const) {
      const lone = quiet();
      lone.feed('1 3 stream-begin command-request new|more …x16000');
      const woken: number[] = [];
      lone.peer.onWake(() => woken.push(1));
      lone.feed(`1 3 0 command-request continuation|more …x${bytes - 16_000 - 16}`);
      expect(woken).toHaveLength(acks.length);
      expect(lone.sent()).toEqual(acks);
    }
  });

  it('SPEC 8.7.3 that are due wait for the transport, not for time', () => {
    const lone = quiet();
    lone.feed('9 3 stream-begin cancel 0 ');
    lone.wait(800);
    expect(lone.peer.nextTimeout()).toBeGreaterThan(10_000);
    expect(lone.sent()).toEqual(['0 2 0 ack 0 cbor:1']);
  });

  it('SPEC 8.7.4 are taken when they say what was sent', () => {
    const lone = quiet();
    lone.feed('0 1 0 ack 0 cbor:0', `1 3 stream-begin ${CALL}`);
    lone.peer.sendValue(1, 1);
    lone.sent();
    lone.peer.endAnswer(1);
    lone.sent();
    lone.feed('0 1 0 ack 0 cbor:1', '0 1 0 ack 0 cbor:2', '0 1 0 ack 0 cbor:2');
    expect(lone.fault).toBeUndefined();
  });

  it.each([
    ['8.7.4', 'more than was sent', ['0 1 0 ack 0 cbor:3']],
    ['8.7.4', 'less than before', ['0 1 0 ack 0 cbor:2', '0 1 0 ack 0 cbor:1']],
    ['8.2.5', 'a negative number', ['0 1 0 ack 0 cbor:-1']],
    ['8.2.5', 'nothing', ['0 1 0 ack 0 ']],
  ])('SPEC 8.7.4, 8.2.5 break the connection (%s) when they say %s', (rule, _, acks) => {
    const lone = quiet();
    lone.feed(`1 3 stream-begin ${CALL}`, `3 3 0 ${CALL}`);
    for (const id of [1, 3]) lone.peer.endAnswer(id);
    lone.sent();
    lone.feed(...acks);
    expect(lone.fault).toMatchObject({ rule, closeCode: 1002 });
  });
});

describe('SPEC 8.9 pings', () => {
  it('SPEC 8.9.1, 8.2.7 go out after 15 s of silence, with the bytes of the example', () => {
    const lone = quiet();
    lone.wait(14_999);
    expect(lone.peer.takeBytes(lone.now)).toBeUndefined();
    lone.wait(1);
    expect(toHex(lone.takeMessage() ?? new Uint8Array(0))).toBe('01000000000200d040');
    expect(lone.fault).toBeUndefined();
  });

  it('SPEC 8.9.1 are followed by the end of the transport after another 15 s of silence', () => {
    const lone = quiet();
    lone.wait(15_000);
    lone.sent();
    lone.wait(14_999);
    expect(lone.fault).toBeUndefined();
    lone.wait(1);
    expect(lone.fault).toMatchObject({ rule: '8.9.1', closeCode: 4410 });
    expect(lone.sent()).toEqual([]);
  });

  it('SPEC 8.9.1 are not followed by it when any byte came, a pong or not', () => {
    for (const sign of ["0 1 0 ping pong cbor:b''", '0 1 0 ack 0 cbor:0', "0 1 0 ping 0 cbor:b'other'"]) {
      const lone = quiet();
      lone.wait(15_000);
      lone.sent();
      lone.wait(14_000);
      lone.feed(sign);
      lone.wait(14_999);
      expect(lone.fault).toBeUndefined();
      lone.feedBytes(Uint8Array.of(1));
      lone.wait(14_999);
      expect(lone.fault).toBeUndefined();
    }
  });

  it('SPEC 8.9.1 go by the clock of a peer that slept: it asks first, then waits', () => {
    const lone = quiet();
    lone.now = 3_600_000;
    lone.peer.handleTimeout(lone.now);
    expect(lone.peer.takeEvents()).toEqual([]);
    expect(lone.sent()).toEqual([expect.stringContaining(' ping 0 ')]);
    lone.wait(14_999);
    expect(lone.fault).toBeUndefined();
  });

  it('SPEC 9.1 have the interval that was configured', () => {
    const lone = quiet({ pingInterval: 100 });
    lone.wait(99);
    expect(lone.sent()).toEqual([]);
    lone.wait(1);
    expect(lone.sent()).toHaveLength(1);
    lone.wait(100);
    expect(lone.fault?.closeCode).toBe(4410);
  });

  it('SPEC 8.9.2 are answered at once, with what they said, the newest only', () => {
    const lone = quiet();
    lone.feed(PING);
    expect(lone.sent()).toEqual(["0 2 0 ping pong cbor:b'p'"]);
    lone.feed(PING, "0 1 0 ping 0 cbor:b'q'", "0 1 0 ping 0 cbor:b'r'");
    expect(lone.sent()).toEqual(["0 2 0 ping pong cbor:b'r'"]);
  });

  it('SPEC 8.9.2 are answered where there is nothing else to send', async () => {
    const { clock, client } = pair();
    await clock.settle();
    client.peer.ping(Uint8Array.of(7));
    await clock.settle();
    expect(client.of('pong')).toMatchObject([{ payload: Uint8Array.of(7) }]);
  });

  it('SPEC 8.9.3 are answered behind an ack of what came before', () => {
    const lone = quiet();
    lone.feed(`1 3 stream-begin ${CALL}`, PING, `3 3 0 ${CALL}`);
    lone.peer.endAnswer(1);
    expect(lone.sent().slice(0, 2)).toEqual(['0 2 0 ack 0 cbor:2', "0 2 0 ping pong cbor:b'p'"]);
    lone.feed(PING);
    expect(lone.sent()[0]).toBe("0 2 0 ping pong cbor:b'p'");
  });

  it('SPEC 8.9.3 are answered by a pong only where the ack came before it', () => {
    const acked = quiet();
    const unacked = quiet();
    for (const lone of [acked, unacked]) {
      lone.feed(`1 3 stream-begin ${CALL}`);
      lone.peer.endAnswer(1);
      lone.sent();
      lone.peer.ping(Uint8Array.of(7));
      lone.sent();
    }
    acked.feed('0 1 0 ack 0 cbor:1', "0 1 0 ping pong cbor:b'\\x07'");
    expect(acked.of('pong')).toEqual([{ kind: 'pong', payload: Uint8Array.of(7) }]);
    unacked.feed("0 1 0 ping pong cbor:b'\\x07'");
    expect(unacked.fault).toMatchObject({ rule: '8.9.3', closeCode: 1002 });
  });

  it('SPEC 8.9.3 are not answered when there were none', () => {
    const lone = quiet();
    lone.feed("0 1 0 ping pong cbor:b''");
    expect(lone.fault).toMatchObject({ rule: '8.9.3', closeCode: 1002 });
    const twice = quiet();
    twice.peer.ping(new Uint8Array(0));
    twice.feed("0 1 0 ping pong cbor:b''", "0 1 0 ping pong cbor:b''");
    expect(twice.fault).toMatchObject({ rule: '8.9.3' });
    expect(twice.of('pong')).toHaveLength(1);
  });

  it('SPEC 8.9.4 wait while one is unanswered, the newest only', () => {
    const lone = quiet();
    for (const byte of [1, 2, 3]) lone.peer.ping(Uint8Array.of(byte));
    expect(lone.sent()).toEqual(["0 2 0 ping 0 cbor:b'\\x01'"]);
    lone.wait(15_000);
    expect(lone.sent()).toEqual([]);
    lone.feed("0 1 0 ping pong cbor:b'\\x01'");
    expect(lone.sent()).toEqual(["0 2 0 ping 0 cbor:b'\\x03'"]);
    lone.feed("0 1 0 ping pong cbor:b'\\x03'");
    expect(lone.sent()).toEqual([]);
    expect(lone.of('pong').map(({ payload }) => payload[0])).toEqual([1, 3]);
  });

  it('SPEC 8.9.4, 8.9.1 count an unanswered one when silence is noticed', () => {
    const lone = quiet();
    lone.wait(10_000);
    lone.peer.ping(Uint8Array.of(1));
    lone.sent();
    lone.wait(5_000 + 14_999);
    expect(lone.fault).toBeUndefined();
    expect(lone.sent()).toEqual([]);
    lone.wait(1);
    expect(lone.fault?.rule).toBe('8.9.1');
  });

  it('SPEC 8.2.6 say 64 bytes at most, also ours', () => {
    const lone = quiet();
    lone.peer.ping(new Uint8Array(64));
    expect(lone.sent()).toHaveLength(1);
    expect(() => lone.peer.ping(new Uint8Array(65))).toThrow(expect.objectContaining({ code: 'too-big' }));
    lone.feed('0 1 0 ping 0 \\x58\\x41…x65');
    expect(lone.fault).toMatchObject({ rule: '8.2.6', closeCode: 1002 });
  });

  it('SPEC 8.9.1 keep two idle peers connected for hours', async () => {
    const { clock, client, server } = pair();
    await clock.settle();
    for (let hour = 0; hour < 4; hour++) await clock.advance(3_600_000);
    expect([client.closed, server.closed]).toEqual([undefined, undefined]);
  });

  it('SPEC 8.9.1 have a side give up a network that stalled', async () => {
    const { clock, client, server } = pair();
    await clock.settle();
    client.transport.stalled = true;
    server.transport.stalled = true;
    await clock.advance(31_000);
    expect([client.closed?.code, server.closed?.code]).toEqual([1006, 1006]);
    const closing = [...client.of('closing'), ...server.of('closing')];
    expect(closing).toMatchObject([{ fault: { rule: '8.9.1', closeCode: 4410 } }]);
  });

  it('do not exist in 0006', () => {
    const lone = new LonePeer({ dialect: 'exp-framing-0006' });
    lone.peer.ping(new Uint8Array(0));
    lone.wait(100_000);
    expect(lone.peer.nextTimeout()).toBeUndefined();
    expect(lone.sent()).toEqual([]);
  });
});

describe('SPEC 8.10.1 drains', () => {
  const drain = (fields: string): string => `0 2 0 drain 0 cbor:{${fields}}`;

  it('are accepted by a client, any number of them', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.feed(drain("b'after': 0, b'jitter': 600000"), drain("b'after': 1, b'jitter': 1, b'reason': b'restart'"));
    expect(lone.fault).toBeUndefined();
    lone.peer.open({ name: 'x' });
    expect(lone.sentSession()).toHaveLength(1);
  });

  it('SPEC 8.2.7 break the connection when they are malformed', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.feed(drain("b'after': 0"));
    expect(lone.fault).toMatchObject({ rule: '8.2.7', closeCode: 1002 });
  });

  it('SPEC 8.3.1 break the connection before the settings', () => {
    const lone = new LonePeer({ role: 'client', settings: null });
    lone.feed(drain("b'after': 0, b'jitter': 0").replace(' 0 drain', ' stream-begin drain'));
    expect(lone.fault).toMatchObject({ rule: '8.3.1' });
  });
});

describe('SPEC 5.11 the error frame of a connection', () => {
  it.each(['client', 'server'] as const)('tells a %s what it did, and is not answered', (role) => {
    const lone = new LonePeer({ role });
    const id = role === 'client' ? lone.peer.open({ name: 'x' }) : 0;
    lone.feed(
      `0 ${role === 'client' ? 2 : 1} 0 error-response 0 cbor:{b'message': [{b'msg': b'no %s', b'args': [b'good']}]}`,
    );
    expect(lone.fault).toMatchObject({ rule: '5.11', closeCode: 1002, reported: true });
    expect(lone.fault?.message).toContain('no good');
    expect(lone.sent()).toEqual([]);
    lone.lose();
    if (role === 'client') expect(lone.error(id)?.code).toBe('connection-lost');
  });

  it.each([
    ['exp-framing-0002', '0 2 stream-begin error-response protocol no good'],
    ['exp-framing-0003', '0 2 stream-begin error-response protocol no good'],
    ['exp-framing-0005', "0 2 stream-begin error-response 0 cbor:{b'message': [{b'msg': b'no good'}]}"],
    ['exp-framing-0006', "0 2 stream-begin error-response 0 cbor:{b'message': [{b'msg': b'no good'}]}"],
  ])('is one of no request in %s', (dialect, frame) => {
    const lone = new LonePeer({ role: 'client', dialect, stream: false });
    lone.feed(frame);
    expect(lone.fault).toMatchObject({ rule: '5.11', closeCode: 1002, reported: true });
    expect(lone.fault?.message).toContain('no good');
  });

  it.each(['\\xff', '', 'cbor:[]'])('is taken for one whatever it says: %s', (payload) => {
    const lone = new LonePeer({ settings: null });
    lone.feed(`0 1 stream-begin error-response 0 ${payload}`);
    expect(lone.fault).toMatchObject({ rule: '5.11', reported: true });
  });
});
