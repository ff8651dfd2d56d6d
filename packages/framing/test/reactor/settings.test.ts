import { describe, expect, it } from 'vitest';
import { peerStats } from '../../src/reactor/stats.js';
import { frameBytes, LonePeer } from './lone-peer.js';

const OLD = 'exp-framing-0006';
const SETTINGS = 'sender-protocol-settings';
const CALL = "command-request new cbor:{b'name': b'x'}";
const EXAMPLE = "0 1 stream-begin sender-protocol-settings eos cbor:{b'contentencodings': [b'identity']}";

/** A server to which nothing was said yet. */
const fresh = (options: ConstructorParameters<typeof LonePeer>[0] = {}): LonePeer =>
  new LonePeer({ settings: null, ...options });

describe('SPEC 8.3 the handshake of wiremux.1', () => {
  it('SPEC 8.3.1, 8.1.2 begins with the settings of the client, those of the example', () => {
    const client = fresh({ role: 'client' });
    expect(client.sent()).toEqual([EXAMPLE]);
    client.peer.open({ name: 'x' });
    expect(client.sent()).toEqual([`1 3 stream-begin ${CALL}`]);
  });

  it('SPEC 8.3.1 sends them ahead of requests that were opened at once', () => {
    const client = fresh({ role: 'client' });
    client.peer.open({ name: 'x' });
    expect(client.sent()).toEqual([EXAMPLE, `1 3 stream-begin ${CALL}`]);
  });

  it('SPEC 8.3.2 goes on with those of the server, as its first frame', () => {
    const server = fresh();
    expect(server.sent()).toEqual([]);
    server.feed(EXAMPLE, `1 3 stream-begin ${CALL}`);
    server.peer.endAnswer(1);
    const [first, ...others] = server.sent();
    expect(first).toBe(EXAMPLE.replace('0 1', '0 2'));
    expect(others.at(-1)).toMatch(/^1 4 stream-begin command-response eos /);
    expect(server.of('ready')).toMatchObject([{ settings: { encodings: ['identity'], maxFrame: 65_535 } }]);
    expect(server.of('ready')[0]?.settings).toEqual(server.peer.remoteSettings);
  });

  it('SPEC 8.3.4 announces limits that are not the defaults', () => {
    const limits = { openRequests: 3, requestMap: 5, openStreams: 2, valueBytes: 7 };
    const client = fresh({ role: 'client', limits: { ...limits, framePayload: 100_000, answerCredit: 2_048 } });
    const server = fresh();
    server.feedBytes(client.takeMessage() as Uint8Array);
    const expected = { ...limits, maxFrame: 100_000, credit: 2_048, contexts: 2 };
    expect(server.of('ready')).toEqual([{ kind: 'ready', settings: { encodings: ['identity'], ...expected } }]);
  });

  it.each([
    `1 3 stream-begin ${CALL}`,
    '0 1 stream-begin ack 0 cbor:0',
    "0 1 stream-begin ping 0 cbor:b''",
    "0 3 stream-begin stream-settings eos cbor:b'identity'",
    '1 3 stream-begin cancel 0 ',
  ])('SPEC 8.3.1 breaks with another frame first: %s', (frame) => {
    const server = fresh();
    server.feed(frame);
    expect(server.fault).toMatchObject({ rule: '8.3.1', closeCode: 1002 });
    expect(server.sent()).toEqual([expect.stringMatching(/^0 2 stream-begin error-response /)]);
  });

  it.each(["0 1 0 ping 0 cbor:b''", `1 3 stream-begin ${CALL}`])(
    'SPEC 8.3.1, 3.8.1 breaks with another frame between their pieces: %s',
    (frame) => {
      const server = fresh();
      server.feed(`0 1 stream-begin ${SETTINGS} continuation \\xa0`, frame);
      expect(server.fault?.rule).toBe('8.3.1');
    },
  );

  it('SPEC 3.8.1 may be cut into many frames', () => {
    const whole = frameBytes("0 1 0 sender-protocol-settings eos cbor:{b'wiremux': {b'agent': b'cut/1'}}").slice(8);
    const server = fresh();
    for (const [index, byte] of whole.entries()) {
      const last = index === whole.length - 1;
      server.feed(
        `0 1 ${index === 0 ? 'stream-begin' : '0'} ${SETTINGS} ${last ? 'eos' : 'continuation'} \\x${byte.toString(16).padStart(2, '0')}`,
      );
    }
    expect(server.of('ready')).toMatchObject([{ settings: { agent: 'cut/1' } }]);
  });

  it.each(["{b'wiremux': []}", "{b'wiremux': {b'credit': 0}}", '[]', "{b'contentencodings': 7}"])(
    'SPEC 8.3.5 breaks with settings that make no sense: %s',
    (literal) => {
      const server = fresh({ settings: literal, stream: false });
      expect(server.fault).toMatchObject({ rule: '8.3.5', closeCode: 1002 });
      expect(server.of('ready')).toEqual([]);
    },
  );

  it.each(['\\xa1', '\\xa0\\xa0', '', '\\xa2\\x41a\\x01\\x41a\\x02'])(
    'SPEC 3.1.7 breaks with settings that cannot be read: %s',
    (payload) => {
      const server = fresh();
      server.feed(`0 1 stream-begin ${SETTINGS} eos ${payload}`);
      expect(server.fault).toMatchObject({ rule: '3.1.7', closeCode: 1002 });
    },
  );

  it('SPEC 8.3.7 breaks with settings that come again, from either side', () => {
    const server = new LonePeer();
    server.feed(`0 1 0 ${SETTINGS} eos cbor:{}`);
    expect(server.fault?.rule).toBe('8.3.7');
    const client = new LonePeer({ role: 'client' });
    client.feed(`0 2 0 ${SETTINGS} continuation \\xa0`);
    expect(client.fault?.rule).toBe('8.3.7');
  });

  it('SPEC 8.3.8, 9.1.11 takes 64 KiB of them, and closes with 1009 past it', () => {
    // A map of one key takes 6 bytes more than its value.
    const settings = (size: number): string => `\\xa1\\x41z\\x59${hex16(size - 6)}${'z'.repeat(size - 6)}`;
    const give = (server: LonePeer, size: number): void => {
      const payload = settings(size);
      const first = payload.slice(0, 30_000);
      server.feed(
        `0 1 stream-begin ${SETTINGS} continuation ${first}`,
        `0 1 0 ${SETTINGS} eos ${payload.slice(30_000)}`,
      );
    };
    const edge = fresh();
    give(edge, 65_536);
    expect(edge.of('ready')).toHaveLength(1);
    const past = fresh();
    give(past, 65_537);
    expect(past.fault).toMatchObject({ rule: '9.1.11', closeCode: 1009 });
    expect(past.sent()).toEqual([]);
  });

  it.each(['client', 'server'] as const)(
    'SPEC 8.3.8, 9.1.12 closes with 4408 when a %s waited 10 s for them',
    (role) => {
      const lone = fresh({ role });
      lone.wait(9_999);
      lone.peer.handleTimeout(lone.now);
      lone.sent();
      expect(lone.fault).toBeUndefined();
      lone.feed(`0 ${role === 'client' ? 2 : 1} stream-begin ${SETTINGS} continuation \\xa0`);
      lone.wait(1);
      expect(lone.fault).toMatchObject({ rule: '8.3.8', closeCode: 4408 });
      lone.sent();
      expect(lone.sent()).toEqual([]);
    },
  );

  it('SPEC 8.3.8 waits no longer once they are there', () => {
    const lone = new LonePeer();
    lone.wait(12_000);
    expect(lone.fault).toBeUndefined();
  });
});

describe('SPEC 8.3.2 a server that authenticates its clients', () => {
  const held = (): LonePeer => {
    const lone = fresh({ authenticate: true });
    lone.feed(
      "0 1 stream-begin sender-protocol-settings eos cbor:{b'wiremux': {b'token': b'secret'}}",
      `1 3 stream-begin ${CALL}`,
    );
    return lone;
  };

  it('acts on nothing and says nothing until it knows them', () => {
    const lone = held();
    lone.feed(`3 3 0 ${CALL}`);
    expect(lone.events).toMatchObject([{ kind: 'authenticate', settings: { token: 'secret' } }]);
    expect(lone.peer.readPaused).toBe(true);
    expect(lone.sent()).toEqual([]);
    expect(lone.peer.nextTimeout()).toBeUndefined();
    lone.peer.handleTimeout(100_000);
    expect(lone.sent()).toEqual([]);
  });

  it('then answers what waited, however long it took', () => {
    const lone = held();
    lone.feed(`3 3 0 ${CALL}`);
    lone.now = 60_000;
    lone.peer.accept(lone.now);
    lone.peer.accept(lone.now);
    expect(lone.sent()[0]).toMatch(/^0 2 stream-begin sender-protocol-settings eos /);
    expect(lone.peer.readPaused).toBe(false);
    expect(lone.of('request').map(({ id }) => id)).toEqual([1, 3]);
    lone.wait(14_000);
    expect(lone.sent().join()).not.toContain('ping');
  });

  it('SPEC 9.2 closes with 4401 or 4403 and sends no settings when it refuses', () => {
    const lone = held();
    lone.peer.close(4401, 'Who are you?');
    expect(lone.takeMessage()).toBeUndefined();
    expect(lone.sent()).toEqual([]);
    expect(lone.fault).toMatchObject({ closeCode: 4401, message: 'Who are you?' });
    lone.peer.accept(1);
    expect(lone.sent()).toEqual([]);
    expect(lone.of('request')).toEqual([]);
  });
});

describe('SPEC 8.3.3, 8.3.6 limits of the other side', () => {
  const client = (settings: string): LonePeer => new LonePeer({ role: 'client', settings });

  it('SPEC 8.3.3 are the defaults until its settings come', () => {
    const lone = fresh({ role: 'client' });
    expect(lone.peer.openSlots).toBe(1_024);
    lone.feed("0 2 stream-begin sender-protocol-settings eos cbor:{b'wiremux': {b'limits': {b'open': 2}}}");
    expect(lone.peer.openSlots).toBe(2);
  });

  it('SPEC 8.3.6 keep requests from being opened', () => {
    const lone = client("{b'wiremux': {b'limits': {b'open': 1}}}");
    lone.peer.open({ name: 'x' });
    expect(lone.peer.openSlots).toBe(0);
    expect(() => lone.peer.open({ name: 'y' })).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    lone.sent();
    expect(lone.of('slots-free')).toEqual([]);
    lone.feed("1 4 0 command-response eos cbor:{b'status': b'ok'}");
    expect(lone.peer.openSlots).toBe(1);
    expect(lone.of('slots-free')).toHaveLength(1);
  });

  it('SPEC 8.3.6 keep a request map from being sent', () => {
    const map = "{b'args': {b'a': b'12345'}, b'name': b'x'}";
    const size = frameBytes(`1 1 0 command-request new cbor:${map}`).length - 8;
    const args = { a: Uint8Array.from(Buffer.from('12345')) };
    const edge = client(`{b'wiremux': {b'limits': {b'map': ${size}}}}`);
    edge.peer.open({ name: 'x', args });
    expect(edge.sentSession()).toEqual([`1 3 stream-begin command-request new cbor:${map}`]);
    const past = client(`{b'wiremux': {b'limits': {b'map': ${size - 1}}}}`);
    expect(() => past.peer.open({ name: 'x', args })).toThrow(expect.objectContaining({ code: 'too-big' }));
    expect(past.peer.openSlots).toBe(1_024);
    expect(past.sentSession()).toEqual([]);
  });

  it('SPEC 8.3.6 keep a value from being sent', () => {
    const lone = new LonePeer({ settings: "{b'wiremux': {b'limits': {b'value': 10}}}" });
    lone.feed(`1 3 0 ${CALL}`);
    lone.peer.sendValue(1, '123456789');
    expect(() => lone.peer.sendValue(1, '1234567890')).toThrow(expect.objectContaining({ code: 'too-big' }));
    lone.peer.endAnswer(1);
    expect(lone.sentSession()).toEqual([expect.stringMatching(/command-response eos .*123456789$/)]);
  });

  it('SPEC 8.3.6 have channels share streams', () => {
    const lone = client("{b'wiremux': {b'limits': {b'streams': 1}}}");
    lone.peer.open({ name: 'x' });
    lone.peer.open({ name: 'y', channel: 'bulk' });
    lone.sent();
    lone.peer.cancel(1);
    expect(lone.sentSession()).toEqual(['1 3 0 cancel 0 ']);
    expect(lone.peer.inspect(peerStats).streams.filter(({ direction }) => direction === 'out')).toHaveLength(2);
  });

  it('SPEC 8.3.6 allow larger frames than the defaults do', () => {
    const lone = new LonePeer({ settings: "{b'wiremux': {b'maxframe': 1048576}}" });
    lone.feed(`1 3 0 ${CALL}`);
    lone.peer.sendOutput(1, [{ text: 'x'.repeat(65_520), args: [], labels: [] }]);
    expect(lone.sentSession()).toHaveLength(1);
  });
});

describe('SPEC 3.8.2 settings in 0006', () => {
  const old = (): LonePeer => fresh({ dialect: OLD });

  it('SPEC 5.10 may be the first frames of a client, or be missing', () => {
    const lone = old();
    lone.feed(
      `99 1 stream-begin ${SETTINGS} continuation \\xa1\\x50contentencod`,
      `1 1 0 ${SETTINGS} eos ings\\x82\\x44zlib\\x48identity`,
      `1 1 0 ${CALL}`,
    );
    expect(lone.of('request')).toHaveLength(1);
    const without = old();
    without.feed(`1 1 stream-begin ${CALL}`);
    expect(without.of('request')).toHaveLength(1);
    expect(without.of('ready')).toHaveLength(1);
  });

  it('are never sent by ours', () => {
    expect(fresh({ dialect: OLD, role: 'client' }).sent()).toEqual([]);
    expect(old().sent()).toEqual([]);
  });

  it.each([
    ['3.8.2', `1 1 stream-begin ${CALL}`, `0 1 0 ${SETTINGS} eos cbor:{}`],
    ['3.8.2', `0 1 stream-begin ${SETTINGS} eos cbor:{}`, `0 1 0 ${SETTINGS} eos cbor:{}`],
    ['3.8.1', `0 1 stream-begin ${SETTINGS} continuation \\xa0`, `1 1 0 ${CALL}`],
    ['3.8.3', `0 1 stream-begin ${SETTINGS} eos cbor:{b'contentencodings': b'zlib'}`],
    ['3.8.3', `0 1 stream-begin ${SETTINGS} eos cbor:[]`],
    ['3.1.7', `0 1 stream-begin ${SETTINGS} eos \\xa1`],
  ])('SPEC 3.8.1, 3.8.2, 3.8.3 break the connection (%s): %s', (rule, ...frames) => {
    const lone = old();
    lone.feed(...frames);
    expect(lone.fault).toMatchObject({ rule, closeCode: 1002 });
  });

  it('are a protocol error from a server', () => {
    const lone = fresh({ dialect: OLD, role: 'client' });
    lone.feed(`0 2 stream-begin ${SETTINGS} eos cbor:{}`);
    expect(lone.fault?.rule).toBe('3.8.2');
  });
});

function hex16(value: number): string {
  return `\\x${(value >> 8).toString(16).padStart(2, '0')}\\x${(value & 0xff).toString(16).padStart(2, '0')}`;
}
