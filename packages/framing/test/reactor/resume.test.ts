import { describe, expect, it } from 'vitest';
import { KeptBudget } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { frameBytes, LonePeer } from './lone-peer.js';
import {
  again,
  asked,
  bytes,
  CALL,
  client,
  GRANT,
  granted,
  newcomer,
  OK,
  reply,
  SECRET,
  SETTINGS,
  server,
  serverSettings,
  settingsIn,
} from './resume-scene.js';

describe('SPEC 8.8.1, 8.8.2 a session', () => {
  it('is asked for with the settings of the example', () => {
    const lone = client(null);
    expect(Buffer.from(lone.takeMessage() as Uint8Array).toString('hex')).toBe(
      '3300000000010182a247776972656d7578a14773657373696f6ea1436e6577f550636f6e74656e74656e636f64696e677381486964656e74697479',
    );
  });

  it('is told to the server before it answers, and granted as it says', () => {
    const lone = new LonePeer({
      authenticate: true,
      settings: "{b'wiremux': {b'session': {b'new': True}}}",
      stream: false,
    });
    expect(lone.of('authenticate')[0]?.settings.session).toEqual({ kind: 'new' });
    expect(lone.peer.session).toBeUndefined();
    lone.peer.accept(0, { session: { ...GRANT, node: 'n-1' } });
    expect(granted(lone.sent()[0])).toEqual({ kind: 'reply', ...GRANT, node: 'n-1', received: 0, resumed: false });
    // The secret is the client's alone from now on.
    expect(lone.peer.session).toEqual({ ...GRANT, node: 'n-1', secret: new Uint8Array(0) });
    expect(lone.of('ready')).toHaveLength(1);
  });

  it('is known to the client once it is granted', () => {
    const lone = client();
    expect(lone.peer.session).toEqual(GRANT);
    expect(lone.of('ready')).toHaveLength(1);
  });

  it.each([{ id: bytes('short') }, { ttl: 0.5 }])('cannot be granted with %o', (part) => {
    const lone = new LonePeer({ authenticate: true, stream: false });
    const wrong = { ...GRANT, ...part };
    expect(() => lone.peer.accept(0, { session: wrong })).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(() => server().peer.resume(newcomer(0).peer, 0, { session: wrong })).toThrow(/session/);
  });
});

describe('SPEC 8.8.3 without a session on both sides', () => {
  it('a grant nobody asked for is ignored', () => {
    const lone = new LonePeer({ role: 'client', settings: reply(0, true), stream: false });
    expect([lone.fault, lone.peer.session, lone.peer.survives(1006)]).toEqual([undefined, undefined, false]);
    const other = new LonePeer({ authenticate: true, stream: false });
    other.peer.accept(0, { session: GRANT });
    expect(other.sent().join()).not.toContain('session');
    expect(other.peer.session).toBeUndefined();
  });

  it('a client that is granted none keeps nothing, and ends with its transport', () => {
    const kept = new KeptBudget();
    const lone = new LonePeer({ role: 'client', session: 'new', settings: null, stream: false, kept });
    lone.peer.open({ name: 'x' });
    lone.sent();
    expect(kept.bytes).toBeGreaterThan(0);
    lone.feed(`0 2 stream-begin ${SETTINGS} eos cbor:{}`);
    expect([kept.bytes, lone.peer.keptBytes, lone.peer.survives(1006)]).toEqual([0, 0, false]);
    lone.peer.detach(0);
    expect(lone.peer.detached).toBe(false);
    lone.peer.attach(0);
    expect(lone.sent()).toEqual([]);
    lone.lose();
    expect(lone.error(1)?.code).toBe('connection-lost');
  });

  it('dialects that have none do not ask', () => {
    const lone = new LonePeer({ role: 'client', session: 'new', dialect: 'exp-framing-0006' });
    expect(lone.peer.survives(1006)).toBe(false);
    const half = new LonePeer({ role: 'client', session: 'new', halfDuplex: true, settings: null });
    half.peer.flush(0);
    expect(half.sent().join()).not.toContain('session');
  });
});

describe('SPEC 8.8.8 a session that is resumed', () => {
  it('SPEC 8.3.3 sends nothing but settings until the server has answered', () => {
    const lone = client();
    lone.feed("2 4 stream-begin command-request new cbor:{b'name': b'y'}");
    again(lone);
    lone.peer.open({ name: 'x' });
    lone.peer.ping(bytes('p'));
    const [first, ...others] = lone.sent();
    expect([asked(first), others]).toEqual([{ kind: 'resume', id: GRANT.id, secret: GRANT.secret, received: 1 }, []]);
    expect(lone.sent()).toEqual([]);
    lone.feed(serverSettings(0, true));
    expect(lone.of('resumed')).toHaveLength(1);
    expect(lone.sent()).toEqual([`1 3 stream-begin ${CALL}`]);
    expect(lone.of('ready')).toHaveLength(1);
  });

  it('sends again what the other has not received, unchanged and first of all', () => {
    const lone = client();
    lone.peer.open({ name: 'x' });
    lone.peer.open({ name: 'y' });
    const first = lone.sent();
    lone.peer.open({ name: 'z' });
    const second = lone.sent();
    again(lone);
    lone.peer.open({ name: 'later' });
    lone.sent();
    lone.feed(serverSettings(1, true));
    const third = lone.sent();
    expect(third).toEqual([...first.slice(1), ...second, "7 3 0 command-request new cbor:{b'name': b'later'}"]);
    again(lone);
    lone.sent();
    lone.feed(serverSettings(1, true));
    expect(lone.sent()).toEqual(third);
  });

  it('SPEC 8.7.7 does so regardless of W, which then holds for what is new', () => {
    const lone = server({ settings: "{b'wiremux': {b'session': {b'new': True}, b'credit': 16777216}}" });
    lone.feed(`1 3 stream-begin ${CALL}`);
    for (let piece = 0; piece < 20; piece++) lone.peer.sendValue(1, new Uint8Array(20_000));
    const before = lone.sentSession();
    expect(lone.peer.keptBytes).toBeGreaterThan(120_000);
    expect(lone.peer.resume(newcomer(0).peer, 0, { session: GRANT })).toBe(true);
    expect(lone.sentSession()).toEqual(before);
    lone.feed(`0 1 0 ack 0 cbor:${before.length}`);
    expect(lone.sentSession().length).toBeGreaterThan(0);
  });

  it('SPEC 8.7.1 does not count a frame that was cut, and reads it when it comes again', () => {
    const lone = client();
    lone.peer.open({ name: 'x' });
    lone.sent();
    const answer = frameBytes(`1 4 stream-begin ${OK}`);
    lone.feedBytes(answer.slice(0, 12));
    again(lone);
    expect(asked(lone.sent()[0])).toMatchObject({ received: 0 });
    lone.feed(serverSettings(1, true));
    lone.feedBytes(answer);
    lone.feed('1 4 0 command-response eos \\x07');
    expect(lone.fault).toBeUndefined();
    expect(lone.values(1)).toEqual([7]);
  });

  it('SPEC 8.1.7 goes on with streams, credit and requests; 8.1.2 the link stream begins anew', () => {
    const lone = server();
    lone.feed(`1 3 stream-begin ${CALL}`);
    lone.peer.sendValue(1, 1);
    lone.sent();
    const other = newcomer(1);
    expect(lone.peer.resume(other.peer, 0, { session: GRANT })).toBe(true);
    lone.peer.sendValue(1, 2);
    const sent = lone.sent();
    expect(granted(sent[0])).toMatchObject({ received: 1, resumed: true });
    expect(sent.slice(1)).toEqual(['1 4 0 command-response continuation cbor:2']);
    lone.feed(`3 3 0 ${CALL}`);
    expect(lone.of('request').map(({ id }) => id)).toEqual([1, 3]);
    expect(lone.peer.inspect(peerStats).bytes.in).toBeGreaterThan(100);
  });

  it('SPEC 8.1.1 drops the link frames of the transport that was lost', () => {
    const lone = server();
    lone.feed("0 1 0 ping 0 cbor:b'p'", `1 3 stream-begin ${CALL}`);
    lone.peer.ping(bytes('mine'));
    lone.peer.resume(newcomer(0).peer, 0, { session: GRANT });
    expect(lone.sent()).toHaveLength(1);
    lone.feed("0 1 0 ping pong cbor:b'mine'");
    expect(lone.fault?.rule).toBe('8.9.3');
  });

  it('SPEC 8.7.4 breaks with an ack of what was not sent again yet', () => {
    const lone = client();
    for (let call = 0; call < 3; call++) {
      lone.peer.open({ name: 'x', args: { pad: new Uint8Array(40_000) } });
      lone.sent();
    }
    again(lone);
    lone.sent();
    lone.feed(serverSettings(0, true));
    lone.takeMessage();
    lone.feed('0 2 0 ack 0 cbor:1');
    expect(lone.fault).toBeUndefined();
    lone.feed('0 2 0 ack 0 cbor:3');
    expect(lone.fault?.rule).toBe('8.7.4');
  });

  it('SPEC 8.9.3 asks with a ping for an ack of what is on this transport only', () => {
    const lone = client();
    lone.peer.open({ name: 'x' });
    lone.sent();
    again(lone);
    lone.sent();
    lone.feed(serverSettings(0, true));
    lone.peer.ping(bytes('p'));
    expect(lone.sent()).toEqual(["0 1 0 ping 0 cbor:b'p'", `1 3 stream-begin ${CALL}`]);
    lone.feed("0 2 0 ping pong cbor:b'p'");
    expect(lone.fault).toBeUndefined();
  });

  it('forgets what is acknowledged, and gives it all back at the end', () => {
    const kept = new KeptBudget();
    const lone = new LonePeer({
      role: 'client',
      session: 'new',
      acks: false,
      stream: false,
      kept,
      settings: reply(0, false),
    });
    lone.peer.open({ name: 'x' });
    lone.peer.open({ name: 'y' });
    lone.sent();
    const both = lone.peer.keptBytes;
    lone.feed('0 2 0 ack 0 cbor:1');
    expect([both, lone.peer.keptBytes, kept.bytes]).toEqual([2 * (both / 2), both / 2, both / 2]);
    lone.lose();
    expect(kept.bytes).toBe(0);
  });

  it('SPEC 8.3.7 reads nothing else of repeated settings, and takes them once a transport', () => {
    const lone = client();
    again(lone);
    lone.sent();
    lone.feed(
      serverSettings(0, true).replace("{b'wiremux': {", "{b'wiremux': {b'limits': {b'open': 1}, b'credit': 1024, "),
    );
    expect(lone.peer.openSlots).toBe(1_024);
    lone.feed(serverSettings(0, true).replace('stream-begin', '0'));
    expect(lone.fault?.rule).toBe('8.3.7');
  });

  it('brings another token along where it has one', () => {
    const lone = client();
    lone.peer.detach(0);
    lone.peer.attach(0, 'newer');
    expect(settingsIn(lone.sent()[0], 'client').token).toBe('newer');
    again(lone);
    expect(settingsIn(lone.sent()[0], 'client').token).toBe('newer');
  });

  it('takes the secret and the lifetime that it is told last', () => {
    const lone = client();
    again(lone);
    lone.sent();
    lone.feed(serverSettings(0, true).replace(SECRET, 'S'.repeat(32)).replace('120', '60'));
    expect(lone.peer.session).toEqual({ id: GRANT.id, secret: bytes('S'.repeat(32)), ttl: 60 });
  });

  it('reads what came behind the settings, on the server only once it is resumed', () => {
    const lone = server();
    const other = newcomer(0);
    other.feed(`1 3 stream-begin ${CALL}`);
    expect(other.of('request')).toEqual([]);
    expect(lone.peer.resume(other.peer, 0, { session: GRANT })).toBe(true);
    lone.sent();
    expect(lone.of('resumed')).toHaveLength(1);
    expect(lone.of('request')).toHaveLength(1);
    expect([other.peer.takeEvents(), other.takeMessage(), other.peer.nextTimeout()]).toEqual([
      [],
      undefined,
      undefined,
    ]);
  });
});

describe('SPEC 8.8.5, 8.8.7 resumes that make no sense', () => {
  it('SPEC 8.8.5 are a protocol error where another session is resumed', () => {
    const lone = client();
    again(lone);
    lone.sent();
    lone.feed(serverSettings(0, true, 'j'.repeat(16)));
    expect(lone.fault).toMatchObject({ rule: '8.8.5', closeCode: 1002 });
  });

  it('SPEC 8.8.5 are a protocol error where a new one was asked for', () => {
    expect(client(reply(0, true)).fault).toMatchObject({ rule: '8.8.5', closeCode: 1002 });
  });

  it.each([
    ['fewer than were acknowledged', 0],
    ['more than were sent', 3],
  ])('SPEC 8.8.7 claim %s', (_, received) => {
    const sends = (lone: LonePeer): LonePeer => {
      lone.peer.open({ name: 'x' });
      lone.peer.open({ name: 'x' });
      lone.sent();
      lone.feed(`0 ${lone.peer.role === 'client' ? 2 : 1} 0 ack 0 cbor:1`);
      return lone;
    };
    const lone = sends(client());
    again(lone);
    lone.sent();
    lone.feed(serverSettings(received, true));
    expect(lone.fault).toMatchObject({ rule: '8.8.7', closeCode: 1002 });

    const older = sends(server());
    const other = newcomer(received);
    expect(older.peer.resume(other.peer, 0, { session: GRANT })).toBe(false);
    expect([older.peer.detached, older.peer.survives(1006), older.fault]).toEqual([false, true, undefined]);
    other.peer.accept(0, { session: GRANT });
    expect(granted(other.sent()[0])).toMatchObject({ resumed: false, received: 0 });
  });
});
