import { describe, expect, it } from 'vitest';
import { ContextBudget, StreamFlag } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { encode, encodedRun, FakeCodec } from '../stream/fake-codec.js';
import { frameBytes, type LoneOptions, LonePeer, rawFrame } from './lone-peer.js';

const RESPONSE = 3;
const FAKE = "{b'contentencodings': [b'fake', b'identity']}";
const ECHO = "command-request new cbor:{b'name': b'echo'}";
const KiB = 1_024;

describe.each(['wiremux.1', 'exp-framing-0006'])('SPEC 3.8.5, 4.6 a client that decodes (%s)', (dialect) => {
  function client(options: LoneOptions & { codec?: FakeCodec } = {}): LonePeer {
    const { codec = new FakeCodec(), ...rest } = options;
    const lone = new LonePeer({ role: 'client', dialect, stream: false, codecs: [codec], ...rest });
    lone.peer.open({ name: 'echo' });
    lone.peer.open({ name: 'echo' });
    return lone;
  }

  const answer = (
    lone: LonePeer,
    id: number,
    payload: Uint8Array,
    flags = 2,
    streamFlags: number = StreamFlag.Encoded,
  ): void => lone.feedBytes(rawFrame(id, lone.stream, streamFlags, RESPONSE, flags, payload));

  const configure = (lone: LonePeer, name = 'fake'): void =>
    lone.feed(`0 ${lone.stream} stream-begin stream-settings eos cbor:b'${name}'`);

  const OK = Buffer.from('a146737461747573426f6b', 'hex');

  it('SPEC 3.8.2 says so first', () => {
    const lone = new LonePeer({ role: 'client', dialect, settings: null, codecs: [new FakeCodec()] });
    expect(lone.sent()).toEqual([
      "0 1 stream-begin sender-protocol-settings eos cbor:{b'contentencodings': [b'fake', b'identity']}",
    ]);
  });

  it('gets the values of several requests through one context, with plain frames between', () => {
    const lone = client();
    lone.sent();
    configure(lone);
    answer(lone, 1, encode(Buffer.concat([OK, Buffer.of(7)]), 0), 1);
    answer(lone, 3, encode(Buffer.concat([OK, Buffer.of(8)]), 12));
    answer(lone, 1, Buffer.of(9), 2, 0);
    expect([lone.values(1), lone.values(3), lone.fault]).toEqual([[7, 9], [8], undefined]);
    const { streams } = lone.peer.inspect(peerStats);
    expect(streams.find(({ stream }) => stream === lone.stream)).toMatchObject({ encoding: 'fake', frames: 4 });
  });

  it('SPEC 8.4.8 keeps the context right through what it ignores', () => {
    const lone = client();
    lone.sent();
    configure(lone);
    lone.peer.cancel(1);
    lone.sent();
    answer(lone, 1, encode(Buffer.concat([OK, Buffer.of(7)]), 0));
    answer(lone, 3, encode(Buffer.concat([OK, Buffer.of(8)]), 12));
    expect([lone.values(1), lone.values(3), lone.fault]).toEqual([[], [8], undefined]);
  });

  it('SPEC 3.8.6 refuses an encoding it did not advertise, one without a decoder left and one said twice', () => {
    const other = client();
    configure(other, 'zlib');
    expect(other.fault?.rule).toBe('3.8.6');
    const none = client({ contexts: new ContextBudget(0) });
    configure(none);
    expect(none.fault?.rule).toBe('3.8.6');
    const twice = client();
    configure(twice);
    twice.feed(`0 ${twice.stream} 0 stream-settings eos cbor:b'fake'`);
    expect(twice.fault?.rule).toBe('3.8.6');
  });

  it('SPEC 9.1.20 refuses more encoded streams than it keeps decoders for', () => {
    const lone = client();
    const most = dialect === 'wiremux.1' ? 2 : 4;
    for (let at = 0; at <= most; at++) {
      expect(lone.fault).toBeUndefined();
      lone.feed(`0 ${lone.stream + 2 * at} stream-begin stream-settings eos cbor:b'fake'`);
    }
    expect(lone.fault).toMatchObject({ rule: '9.1.20', closeCode: 1002 });
  });

  it('SPEC 4.13 dies of bytes that are none of the encoding', () => {
    const lone = client();
    lone.sent();
    configure(lone);
    answer(lone, 1, Buffer.from('nonsense'));
    expect(lone.fault).toMatchObject({ rule: '4.13', closeCode: 1002 });
  });

  it('SPEC 4.14, 8.7.1 acknowledges what it has not decoded, and goes on when it is', async () => {
    const codec = new FakeCodec({ leaves: () => true });
    const lone = client({ codec });
    lone.sent();
    configure(lone);
    answer(lone, 1, encode(Buffer.concat([OK, Buffer.of(7)]), 0));
    answer(lone, 3, Buffer.concat([OK, Buffer.of(8)]), 2, 0);
    expect(lone.values(3)).toEqual([8]);
    lone.wait(1_000);
    if (dialect === 'wiremux.1') expect(lone.sent()).toContain('0 1 0 ack 0 cbor:3');
    expect(lone.kinds(1)).toEqual([]);
    await codec.finish();
    lone.feedBytes(new Uint8Array(0));
    expect(lone.kinds(1)).toEqual(['answering', 'values', 'ended']);
  });

  it('SPEC 9.1.24 pauses the transport while too much waits for its decoder', async () => {
    const codec = new FakeCodec({ leaves: () => true });
    const lone = client({ codec, limits: { decodeQueue: 300 } });
    lone.sent();
    configure(lone);
    const parts = [OK, Buffer.of(7), Buffer.of(8), Buffer.of(9)];
    let before = 0;
    const all = parts.map((part, at) => {
      const payload = encode(part, before);
      before += part.length;
      return rawFrame(1, lone.stream, StreamFlag.Encoded, RESPONSE, at === 3 ? 2 : 1, payload);
    });
    lone.feedBytes(Buffer.concat(all));
    expect(lone.peer.readPaused).toBe(true);
    expect(lone.peer.inspect(peerStats).frames.in).toBe(dialect === 'wiremux.1' ? 5 : 4);
    while (codec.jobs.length > 0) {
      await codec.finish();
      lone.feedBytes(new Uint8Array(0));
    }
    expect([lone.values(1), lone.peer.readPaused, lone.kinds(1).at(-1)]).toEqual([[7, 8, 9], false, 'ended']);
  });

  it('drops what is being decoded when the connection is gone', async () => {
    const codec = new FakeCodec({ leaves: () => true });
    const contexts = new ContextBudget();
    const lone = client({ codec, contexts });
    lone.sent();
    configure(lone);
    answer(lone, 1, encode(OK, 0));
    lone.lose();
    await codec.finish();
    lone.events.push(...lone.peer.takeEvents());
    expect(lone.kinds(1)).toEqual(['failed']);
    expect([codec.decoders, contexts.taken]).toEqual([0, 0]);
  });

  it('SPEC 4.15, 9.1.22, 9.1.23 bounds a bomb', () => {
    const lone = client();
    lone.sent();
    configure(lone);
    const size = 8 * KiB * KiB;
    const head = Buffer.concat([OK, Buffer.of(0x5a, 0, 0x80, 0, 0)]);
    answer(lone, 1, head, 1, 0);
    answer(lone, 1, encodedRun(0, size));
    if (dialect === 'wiremux.1') {
      expect(lone.fault).toMatchObject({ rule: '9.1.23', closeCode: 1002 });
    } else {
      expect(lone.fault).toBeUndefined();
      expect((lone.values(1)[0] as Uint8Array).length).toBe(size);
    }
  });
});

describe('SPEC 4.15 an answer of an older server that decodes to much', () => {
  it('is decoded as fast as it is taken, and the transport paused meanwhile', () => {
    const lone = new LonePeer({
      role: 'client',
      dialect: 'exp-framing-0006',
      stream: false,
      codecs: [new FakeCodec()],
    });
    lone.peer.open({ name: 'echo' });
    lone.sent();
    lone.feed(
      `0 2 stream-begin stream-settings eos cbor:b'fake'`,
      "1 2 0 command-response continuation cbor:{b'status': b'ok'}",
    );
    // 122 bytes of 0x78 are a string of 120 letters x.
    const values = 33_000;
    lone.feedBytes(rawFrame(1, 2, StreamFlag.Encoded, RESPONSE, 2, encodedRun(0x78, values * 122)));
    expect(lone.values(1).length * 122).toBeLessThanOrEqual(1_024 * KiB + 64 * KiB);
    for (let taken = 0; lone.peer.readPaused; ) {
      const now = lone.values(1).length;
      lone.peer.taken(1, (now - taken) * 122);
      taken = now;
      lone.feedBytes(new Uint8Array(0));
    }
    expect(lone.values(1).length).toBe(values);
    expect(lone.kinds(1).at(-1)).toBe('ended');
  });
});

describe('SPEC 7.7 half-duplex', () => {
  it('waits at the end of the input for what is being decoded', async () => {
    const codec = new FakeCodec({ leaves: () => true });
    const lone = new LonePeer({ settings: FAKE, stream: false, codecs: [codec], halfDuplex: true });
    lone.feed("0 3 stream-begin stream-settings eos cbor:b'fake'");
    const map = frameBytes(`1 3 0 ${ECHO}`).subarray(8);
    lone.feedBytes(rawFrame(1, 3, StreamFlag.Encoded, 1, 1, encode(map, 0)));
    lone.peer.endInput(lone.now);
    expect(lone.fault).toBeUndefined();
    await codec.finish();
    lone.feedBytes(new Uint8Array(0));
    expect(lone.kinds(1)).toEqual(['request']);
    lone.peer.endAnswer(1);
    expect(lone.sent().some((frame) => frame.includes('command-response'))).toBe(true);
    expect(lone.peer.outputEnded).toBe(true);
  });
});
