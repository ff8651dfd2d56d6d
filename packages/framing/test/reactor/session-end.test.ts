import { describe, expect, it } from 'vitest';
import { KeptBudget } from '../../src/index.js';
import { LonePeer } from './lone-peer.js';
import {
  again,
  asked,
  bytes,
  CALL,
  client,
  GRANT,
  granted,
  newcomer,
  SETTINGS,
  server,
  serverSettings,
} from './resume-scene.js';

describe('SPEC 8.8.4, 8.8.9 a session that is lost', () => {
  it('SPEC 8.8.4 is answered with a new one, and no other is touched', () => {
    const lone = newcomer(7);
    expect(lone.of('authenticate')[0]?.settings.session).toEqual({
      kind: 'resume',
      id: GRANT.id,
      secret: GRANT.secret,
      received: 7,
    });
    lone.peer.accept(0, { session: { ...GRANT, id: bytes('n'.repeat(16)) } });
    expect(granted(lone.sent()[0])).toMatchObject({ id: bytes('n'.repeat(16)), received: 0, resumed: false });
    lone.feed(`1 3 stream-begin ${CALL}`);
    expect(lone.of('request')).toHaveLength(1);
  });

  it('cannot be resumed on a peer that asks for none, waits for nobody, or has none itself', () => {
    const lone = server();
    expect(lone.peer.resume(server().peer, 0, { session: GRANT })).toBe(false);
    const fresh = new LonePeer({
      authenticate: true,
      settings: "{b'wiremux': {b'session': {b'new': True}}}",
      stream: false,
    });
    expect(lone.peer.resume(fresh.peer, 0, { session: GRANT })).toBe(false);
    expect(fresh.peer.resume(newcomer(0).peer, 0, { session: GRANT })).toBe(false);
    lone.lose();
    expect(lone.peer.resume(newcomer(0).peer, 0, { session: GRANT })).toBe(false);
  });

  const lost = (settings = serverSettings(0, false, 'n'.repeat(16))): LonePeer => {
    const lone = client();
    lone.peer.open({ name: 'x' });
    lone.feed("2 4 stream-begin command-request new cbor:{b'name': b'y'}");
    lone.sent();
    again(lone);
    lone.sent();
    lone.feed(settings, `2 4 stream-begin ${CALL}`);
    return lone;
  };

  it('SPEC 8.8.13 fails all that was open with it, then says so', () => {
    const lone = lost();
    expect(lone.error(1)?.code).toBe('session-lost');
    expect(lone.of('cancelled')).toMatchObject([{ id: 2, error: { code: 'session-lost' } }]);
    expect(lone.events.at(-1)).toMatchObject({ kind: 'session-lost', settings: { session: { resumed: false } } });
    expect([lone.peer.openSlots, lone.peer.keptBytes, lone.peer.survives(1006)]).toEqual([0, 0, false]);
    expect(lone.peer.alive).toBe(false);
    expect(() => lone.peer.open({ name: 'x' })).toThrow(expect.objectContaining({ code: 'connection-lost' }));
    lone.peer.close(1000, '');
    expect([lone.sent(), lone.fault, lone.peer.nextTimeout()]).toEqual([[], undefined, undefined]);
  });

  it('SPEC 8.8.9 goes on as a new one on the transport there is, with what came behind the settings', () => {
    const old = lost();
    const lone = new LonePeer({
      role: 'client',
      session: 'new',
      acks: false,
      settings: null,
      successorOf: old.peer,
    });
    lone.events.push(...lone.peer.takeEvents());
    expect(lone.of('ready')).toHaveLength(1);
    expect(lone.of('request')).toHaveLength(1);
    expect(lone.peer.session?.id).toEqual(bytes('n'.repeat(16)));
    expect(lone.peer.open({ name: 'again' })).toBe(1);
    expect(lone.sent()).toEqual([
      '0 1 0 ack 0 cbor:1',
      "1 3 stream-begin command-request new cbor:{b'name': b'again'}",
    ]);
    again(lone);
    expect(asked(lone.sent()[0])).toMatchObject({ received: 1 });
    lone.feed(serverSettings(1, true, 'n'.repeat(16)));
    expect(lone.of('resumed')).toHaveLength(1);
  });

  it('goes on without one where the server grants none any more', () => {
    const old = lost(`0 2 stream-begin ${SETTINGS} eos cbor:{}`);
    const lone = new LonePeer({ role: 'client', session: 'new', settings: null, successorOf: old.peer });
    expect([lone.peer.session, lone.peer.survives(1006)]).toEqual([undefined, false]);
    expect(() => new LonePeer({ role: 'client', settings: null, successorOf: lone.peer })).toThrow(/successor/);
  });
});

describe('SPEC 8.8.10 a session that is resumed again and again', () => {
  const tries = [1, 2, 3];

  it('ends at the server, which answers the fourth with another', () => {
    const lone = server();
    lone.feed(`1 3 stream-begin ${CALL}`);
    for (const _ of tries) expect(lone.peer.resume(newcomer(0).peer, 0, { session: GRANT })).toBe(true);
    const other = newcomer(0);
    expect(lone.peer.resume(other.peer, 0, { session: GRANT })).toBe(false);
    lone.sent();
    expect(lone.fault).toMatchObject({ rule: '8.8.10' });
    other.peer.accept(0, { session: GRANT });
    expect(other.of('ready').length + other.peer.takeEvents().length).toBe(1);
  });

  it('ends at the client, which closes with 1000', () => {
    const lone = client();
    for (const _ of [...tries, 4]) {
      again(lone);
      lone.sent();
      lone.feed(serverSettings(0, true));
    }
    expect(lone.fault).toMatchObject({ rule: '8.8.10', closeCode: 1000 });
  });

  it('SPEC 8.8.15 does not, where nothing has to: a quiet client shows that its transport carries something', () => {
    const lone = client();
    const shown: string[] = [];
    for (let round = 0; round < 10; round++) {
      again(lone);
      lone.sent();
      lone.feed(serverSettings(shown.length, true));
      lone.wait(49);
      expect(lone.sent()).toEqual([]);
      lone.wait(1);
      shown.push(...lone.sent());
      lone.wait(100);
      expect(lone.sent()).toEqual([]);
    }
    expect(lone.fault).toBeUndefined();
    expect(shown).toEqual([
      '1 3 stream-begin credit 0 cbor:1',
      ...[3, 5, 7, 9].map((id) => `${id} 3 0 credit 0 cbor:1`),
    ]);
  });

  it('SPEC 8.8.15 does, where a client has something to send again that does not go forward', () => {
    const lone = client();
    lone.peer.open({ name: 'x' });
    lone.sent();
    for (let round = 0; round < 4; round++) {
      again(lone);
      lone.sent();
      lone.feed(serverSettings(0, true));
      expect(lone.sent()).toHaveLength(lone.fault === undefined ? 1 : 0);
      lone.wait(60);
      expect(lone.sent()).toEqual([]);
    }
    expect(lone.fault).toMatchObject({ rule: '8.8.10' });
  });

  it('does not, where something goes forward now and then', () => {
    const lone = server();
    for (let round = 0; round < 10; round++) {
      expect(lone.peer.resume(newcomer(0).peer, 0, { session: GRANT })).toBe(true);
      if (round % 3 === 2) lone.feed(`${2 * round + 1} 3 ${round === 2 ? 'stream-begin' : '0'} ${CALL}`);
    }
  });
});

describe('SPEC 8.8.11 a session without a transport', () => {
  it('takes every call, has writers wait, and sends nothing', () => {
    const lone = server();
    lone.feed(`1 3 stream-begin ${CALL}`);
    lone.peer.detach(0);
    lone.peer.detach(0);
    expect(lone.peer.alive).toBe(true);
    expect([lone.peer.detached, lone.peer.survives(1000), lone.peer.readPaused]).toEqual([true, true, false]);
    expect(lone.peer.sendValue(1, new Uint8Array(60_000))).toBe(true);
    expect(lone.peer.sendValue(1, new Uint8Array(60_000))).toBe(false);
    lone.feed(`3 3 0 ${CALL}`);
    expect(lone.of('request')).toHaveLength(1);
    expect(lone.sent()).toEqual([]);
    expect(lone.peer.openSlots).toBe(1_024);
    expect(lone.peer.resume(newcomer(0).peer, 0, { session: GRANT })).toBe(true);
    expect(lone.sentSession()).toHaveLength(2);
    expect(lone.of('answer-writable')).toHaveLength(1);
  });

  it('SPEC 8.11.5 keeps its deadlines, and hears no silence', () => {
    const lone = server();
    lone.feed("1 3 stream-begin command-request new cbor:{b'deadline': 60000, b'name': b'x'}");
    lone.peer.detach(0);
    expect(lone.peer.nextTimeout()).toBe(60_000);
    lone.wait(60_000);
    expect(lone.of('cancelled')).toMatchObject([{ id: 1, error: { code: 'deadline' } }]);
    expect(lone.peer.nextTimeout()).toBeUndefined();
    expect(lone.peer.resume(newcomer(0).peer, lone.now, { session: GRANT })).toBe(true);
    lone.wait(14_999);
    expect(lone.sent().join()).not.toContain('ping');
    expect(lone.sentSession().join()).toBe('');
  });

  it('keeps them also while it waits to be resumed, for as long as that may take', () => {
    const lone = client();
    lone.feed("2 4 stream-begin command-request new cbor:{b'deadline': 5000, b'name': b'x'}");
    again(lone);
    expect(lone.peer.nextTimeout()).toBe(5_000);
    lone.wait(10_000);
    expect(lone.of('cancelled')).toHaveLength(1);
    expect(lone.of('leaving')).toMatchObject([{ fault: { rule: '8.3.8', closeCode: 4408 } }]);
    expect(lone.peer.survives(4408)).toBe(true);
  });

  it('ends when it finds an error in what it had received', () => {
    const lone = server();
    lone.peer.detach(0);
    lone.peer.close(1000, 'enough');
    lone.sent();
    expect(lone.fault?.closeCode).toBe(1000);
    expect(lone.sent()).toEqual([]);
  });
});

describe('SPEC 8.8.14 a close from this side', () => {
  it.each([4401, 4408, 4410, 4429, 1011, 1012, 1013] as const)('that it survives (%i) leaves all as it is', (code) => {
    const lone = server();
    lone.feed(`1 3 stream-begin ${CALL}`);
    lone.peer.close(code, 'why');
    lone.peer.close(code, 'again');
    lone.sent();
    expect(lone.of('leaving')).toEqual([{ kind: 'leaving', fault: { rule: '9.2', message: 'why', closeCode: code } }]);
    lone.peer.sendValue(1, 1);
    lone.feed(`3 3 0 ${CALL}`);
    expect([lone.sent(), lone.fault, lone.of('cancelled'), lone.of('request').length]).toEqual([[], undefined, [], 1]);
    expect(lone.peer.survives(1000)).toBe(true);
    expect(lone.peer.resume(newcomer(0).peer, 0, { session: GRANT })).toBe(true);
    expect(lone.sentSession()).toHaveLength(1);
  });

  it('SPEC 8.9.1 is what silence leads to', () => {
    const lone = client();
    lone.wait(30_000);
    expect(lone.of('leaving')).toMatchObject([{ fault: { rule: '8.9.1', closeCode: 4410 } }]);
    expect(lone.fault).toBeUndefined();
  });

  it.each([1000, 1002, 4403] as const)('that ends it (%i) is the end', (code) => {
    const lone = server();
    lone.peer.close(code, 'why');
    lone.sent();
    expect([lone.fault?.closeCode, lone.peer.survives(1006)]).toEqual([code, false]);
  });
});

describe('SPEC 9.1.29 a process that keeps as much as it may', () => {
  /** Fills the window, has it acknowledged over a fast path, and fills it again. */
  const filled = (most: number): number => {
    const settings = "{b'wiremux': {b'session': {b'new': True}, b'credit': 16777216}}";
    const lone = server({ kept: new KeptBudget(most), settings });
    lone.feed(`1 3 stream-begin ${CALL}`);
    let sent = 0;
    let kept = 0;
    for (let round = 0; round < 5; round++) {
      for (let value = 0; value < 80; value++) lone.peer.sendValue(1, new Uint8Array(10_000));
      sent += lone.sentSession().length;
      kept = lone.peer.keptBytes;
      lone.now += 10;
      lone.feed(`0 1 0 ack 0 cbor:${sent}`);
    }
    return kept;
  };

  it('lets no window grow past 128 KiB', () => {
    expect(filled(1)).toBeLessThan(131_072 + 65_536);
    expect(filled(2 ** 40)).toBeGreaterThan(131_072 + 65_536);
  });
});
