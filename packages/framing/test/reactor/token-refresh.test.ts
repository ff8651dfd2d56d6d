import { describe, expect, it } from 'vitest';
import { TokenRefresh } from '../../src/tokens.js';
import { LonePeer } from './lone-peer.js';

const SETTINGS = 'sender-protocol-settings';
const token = (text: string): string => `0 1 0 ${SETTINGS} eos cbor:{b'wiremux': {b'token': b'${text}'}}`;
const answer = (auth: string): string => `0 2 0 ${SETTINGS} eos cbor:{b'wiremux': {b'auth': ${auth}}}`;

/** A server that has let its client in. */
function admitted(expires?: number): LonePeer {
  const settings = "{b'wiremux': {b'token': b'first', b'agent': b'page/1'}}";
  const server = new LonePeer({ authenticate: true, settings, stream: false });
  server.peer.accept(server.now, expires === undefined ? {} : { expires });
  server.events.push(...server.peer.takeEvents());
  return server;
}

describe('SPEC 8.3.12 a server says what its client is worth', () => {
  it.each([
    [undefined, { ok: true }],
    [60_000, { ok: true, expires: 60_000 }],
  ])('in its first settings, where it asked for a token (left: %s ms)', (expires, auth) => {
    const client = new LonePeer({ role: 'client', settings: null });
    client.feedBytes(admitted(expires).takeMessage() as Uint8Array);
    expect(client.of('ready')).toMatchObject([{ settings: { auth } }]);
  });

  it('and not where it asked for none', () => {
    const server = new LonePeer({ settings: null });
    server.feed(`0 1 stream-begin ${SETTINGS} eos cbor:{}`);
    expect(server.sent().join()).not.toContain('auth');
  });

  it('which its client is told with them', () => {
    const client = new LonePeer({ role: 'client', settings: "{b'wiremux': {b'auth': {b'ok': True, b'expires': 7}}}" });
    expect(client.of('ready')).toMatchObject([{ settings: { auth: { ok: true, expires: 7 } } }]);
  });
});

describe('SPEC 8.3.11 a newer token at the server', () => {
  it('is told with the settings that the client had', () => {
    const server = admitted();
    server.feed(token('second'));
    expect(server.of('token')).toMatchObject([{ settings: { token: 'second', agent: 'page/1' } }]);
    expect(server.fault).toBeUndefined();
  });

  it('is answered when the application has judged it, once', () => {
    const server = admitted();
    server.sent();
    server.feed(token('second'));
    expect(server.sent()).toEqual([]);
    server.peer.answerToken({ ok: false, code: 'not-authenticated', expires: 5_000 });
    server.peer.answerToken({ ok: true });
    expect(server.sent()).toEqual([answer("{b'code': b'not-authenticated', b'expires': 5000, b'ok': False}")]);
  });

  it('is accepted by a server that asks nobody for a token', () => {
    const server = new LonePeer();
    server.feed(token('second'));
    expect(server.of('token')).toEqual([]);
    expect(server.sent()).toEqual([answer("{b'ok': True}")]);
  });

  it('SPEC 9.1.19 may come 10 s after the last, and not sooner', () => {
    const early = admitted();
    const late = admitted();
    for (const server of [early, late]) {
      server.feed(token('second'));
      server.peer.answerToken({ ok: true });
    }
    early.now += 9_999;
    early.feed(token('third'));
    expect(early.fault).toMatchObject({ rule: '8.3.11', closeCode: 4429 });
    late.now += 10_000;
    late.feed(token('third'));
    expect(late.fault).toBeUndefined();
    expect(late.of('token')).toHaveLength(2);
  });

  it('may not come before the answer to the last', () => {
    const server = admitted();
    server.feed(token('second'));
    server.now += 60_000;
    server.feed(token('third'));
    expect(server.fault).toMatchObject({ rule: '8.3.11', closeCode: 4429 });
  });

  it('uses nothing else that the settings say', () => {
    const server = admitted();
    server.feed(`0 1 0 ${SETTINGS} eos cbor:{b'wiremux': {b'token': b'second', b'maxframe': 1048576}}`);
    expect(server.of('token')).toMatchObject([{ settings: { token: 'second', maxFrame: 65_535 } }]);
    expect(server.peer.remoteSettings.maxFrame).toBe(65_535);
  });

  it('may be cut into frames, with others between them', () => {
    const server = admitted();
    server.feed(
      `0 1 0 ${SETTINGS} continuation \\xa1\\x47wiremux\\xa1\\x45to`,
      "0 1 0 ping 0 cbor:b''",
      `0 1 0 ${SETTINGS} eos ken\\x41x`,
    );
    expect(server.of('token')).toMatchObject([{ settings: { token: 'x' } }]);
  });

  it.each([
    ['{}', '8.3.7'],
    ["{b'wiremux': {b'agent': b'page/2'}}", '8.3.7'],
    ["{b'wiremux': {b'token': 7}}", '8.3.5'],
    ["{b'wiremux': {b'token': b'x', b'credit': 0}}", '8.3.5'],
  ])('SPEC 8.3.7 is all that settings may bring a second time: not %s', (literal, rule) => {
    const server = admitted();
    server.feed(`0 1 0 ${SETTINGS} eos cbor:${literal}`);
    expect(server.fault).toMatchObject({ rule, closeCode: 1002 });
  });

  it('SPEC 8.3.7 does not come over HTTP', () => {
    const server = new LonePeer({ halfDuplex: true, settings: null });
    server.feed(`0 1 stream-begin ${SETTINGS} eos cbor:{}`, token('second'));
    expect(server.fault).toMatchObject({ rule: '8.3.7', closeCode: 1002 });
  });

  it('is not answered on a connection that is dead', () => {
    const server = admitted();
    server.sent();
    server.feed(token('second'));
    server.peer.close(4403, 'Somebody else.');
    server.peer.answerToken({ ok: true });
    expect(server.sent()).toEqual([]);
  });
});

describe('SPEC 8.3.11 a newer token at the client', () => {
  it('goes in settings of its own, and its answer is told', () => {
    const client = new LonePeer({ role: 'client' });
    client.peer.refreshToken('second', client.now, TokenRefresh);
    expect(client.sent()).toEqual([token('second')]);
    client.feed(answer("{b'ok': False, b'code': b'not-allowed', b'expires': 9}"));
    expect(client.of('token-answered')).toEqual([
      { kind: 'token-answered', verdict: { ok: false, code: 'not-allowed', expires: 9 } },
    ]);
    client.peer.answerToken({ ok: true });
    expect(client.sent()).toEqual([]);
  });

  it('is not sent within 10 s of the last, nor before the answer to it', () => {
    const client = new LonePeer({ role: 'client' });
    const tooSoon = expect.objectContaining({ code: 'too-many-requests' }) as Error;
    client.peer.refreshToken('a', 0, TokenRefresh);
    expect(() => client.peer.refreshToken('b', 20_000, TokenRefresh)).toThrow(tooSoon);
    client.feed(answer("{b'ok': True}"));
    expect(() => client.peer.refreshToken('b', 9_999, TokenRefresh)).toThrow(tooSoon);
    client.peer.refreshToken('b', 10_000, TokenRefresh);
    expect(client.sent()).toEqual([token('a'), token('b')]);
  });

  it('SPEC 8.3.4 is at most 16 KiB', () => {
    const client = new LonePeer({ role: 'client' });
    expect(() => client.peer.refreshToken('t'.repeat(16_385), 0, TokenRefresh)).toThrow(
      expect.objectContaining({ code: 'too-big' }) as Error,
    );
    client.peer.refreshToken('t'.repeat(16_384), 0, TokenRefresh);
    const server = admitted();
    server.feedBytes(client.takeMessage() as Uint8Array);
    expect(server.of('token')).toHaveLength(1);
  });

  it('is not sent before the settings of the server, in older dialects, or by a server', () => {
    const lone = [
      new LonePeer({ role: 'client', settings: null }),
      new LonePeer({ role: 'client', dialect: 'exp-framing-0006' }),
      new LonePeer(),
    ];
    for (const { peer } of lone) peer.refreshToken('second', 0, TokenRefresh);
    expect(lone.flatMap((peer) => peer.sent()).join()).not.toContain('second');
  });

  it.each([
    ["{b'wiremux': {b'agent': b'gateway/2'}}", '8.3.7'],
    ["{b'wiremux': {b'auth': {}}}", '8.3.5'],
  ])('SPEC 8.3.12 is answered by `auth`, not by %s', (literal, rule) => {
    const client = new LonePeer({ role: 'client' });
    client.peer.refreshToken('second', client.now, TokenRefresh);
    client.feed(`0 2 0 ${SETTINGS} eos cbor:${literal}`);
    expect(client.fault).toMatchObject({ rule, closeCode: 1002 });
  });

  it('SPEC 8.3.12 is what an answer has to be to', () => {
    const [unasked, asked] = [new LonePeer({ role: 'client' }), new LonePeer({ role: 'client' })];
    unasked.feed(answer("{b'ok': True}"));
    expect(unasked.fault).toMatchObject({ rule: '8.3.7', closeCode: 1002 });
    asked.peer.refreshToken('second', asked.now, TokenRefresh);
    asked.feed(answer("{b'ok': True}"));
    expect(asked.fault).toBeUndefined();
    asked.feed(answer("{b'ok': True}"));
    expect(asked.fault).toMatchObject({ rule: '8.3.7', closeCode: 1002 });
  });
});
