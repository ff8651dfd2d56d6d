import { describe, expect, it } from 'vitest';
import {
  ContextBudget,
  type Frame,
  FrameReader,
  type PeerOptions,
  precompressed,
  StreamFlag,
  WiremuxError,
} from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { FakeCodec } from '../stream/fake-codec.js';
import { type LoneOptions, LonePeer } from './lone-peer.js';

const RESPONSE = 3;
const STREAM_SETTINGS = 9;
const FAKE = "{b'contentencodings': [b'fake', b'identity']}";
const KiB = 1_024;
const ECHO = "command-request new cbor:{b'name': b'echo'}";

/** The frames it has to send. */
function frames(lone: LonePeer): Frame[] {
  const all: Frame[] = [];
  const reader = new FrameReader(2 ** 20);
  for (let message = lone.takeMessage(); message !== undefined; message = lone.takeMessage()) {
    reader.push(message, (header, payload) => {
      all.push({ ...header, payload: payload.slice() });
      return undefined;
    });
  }
  return all;
}

/** Those of requests and streams. */
function session(lone: LonePeer): Frame[] {
  return frames(lone).filter(({ requestId, type }) => requestId !== 0 || type === STREAM_SETTINGS);
}

const isEncoded = ({ streamFlags }: Frame): boolean => (streamFlags & StreamFlag.Encoded) !== 0;

/** What frames decode to, with what the stream settings said. */
function decodedBy(codec: FakeCodec, sent: readonly Frame[]): Uint8Array[] {
  const decoder = codec.createDecoder();
  return sent.map((frame) => {
    if (!isEncoded(frame)) return frame.payload;
    const step = decoder.decode(frame.payload, 2 ** 24);
    if (step instanceof Promise || step.kind !== 'plain') throw new Error('not decoded');
    return step.plain;
  });
}

interface ServerOptions extends LoneOptions {
  readonly codec?: FakeCodec;
}

/** A server whose client can decode `fake`, and has opened requests 1, 3 … */
function server(requests: number, { codec = new FakeCodec(), ...options }: ServerOptions = {}): LonePeer {
  const lone = new LonePeer({ settings: FAKE, stream: false, codecs: [codec], ...options });
  if (options.dialect === 'exp-framing-0006') {
    lone.feed(`0 1 stream-begin sender-protocol-settings eos cbor:${FAKE}`);
  }
  for (let id = 1; id <= 2 * requests; id += 2) {
    const begin = id === 1 && options.dialect === undefined ? 'stream-begin' : '0';
    lone.feed(`${id} ${lone.stream} ${begin} ${ECHO}`);
  }
  lone.sent();
  return lone;
}

const ZEROS = new Uint8Array(20_000);

describe.each([undefined, 'exp-framing-0006'])('SPEC 4.9 a server that encodes (%s)', (dialect) => {
  const options = dialect === undefined ? {} : { dialect };

  it('says so in the first frame of the stream, and sync-flushes every frame', () => {
    const codec = new FakeCodec();
    const lone = server(2, { codec, ...options });
    for (const id of [1, 3]) {
      lone.peer.sendValue(id, 'x'.repeat(100 + id));
      lone.peer.endAnswer(id);
    }
    const [settings, ...rest] = session(lone);
    expect(settings).toMatchObject({ type: STREAM_SETTINGS, requestId: 0, streamFlags: StreamFlag.Begin, flags: 2 });
    expect([...(settings?.payload ?? [])]).toEqual([0x44, ...Buffer.from('fake')]);
    expect(rest.map(isEncoded)).toEqual([true, true]);
    expect(rest.map(({ streamFlags }) => streamFlags & StreamFlag.Begin)).toEqual([0, 0]);
    expect(decodedBy(codec, rest).map(({ length }) => length)).toEqual([11 + 2 + 101, 11 + 2 + 103]);
  });

  it('SPEC 4.6 leaves tiny frames plain', () => {
    const lone = server(2, options);
    lone.peer.endAnswer(1);
    lone.peer.sendValue(3, 'long enough to be encoded');
    lone.peer.failAnswer(3, new WiremuxError('out-of-luck', 'An error frame, which is always plain.'));
    expect(session(lone).map(isEncoded)).toEqual([false, false, true, false]);
  });

  it('SPEC 8.3.3 encodes nothing for a client that decodes nothing', () => {
    const lone = new LonePeer({ ...options, codecs: [new FakeCodec()], stream: false });
    lone.feed(`1 ${lone.stream} stream-begin ${ECHO}`);
    lone.peer.sendValue(1, 'x'.repeat(100));
    expect(session(lone).map(({ type, streamFlags }) => [type, streamFlags])).toEqual([[RESPONSE, StreamFlag.Begin]]);
  });

  it('SPEC 4.10 cuts frames so that their encoding fits', () => {
    const codec = new FakeCodec({ grow: 64 + 500 - 5 });
    const lone = server(1, { codec, ...options });
    const noise = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 7919) >> 5);
    lone.peer.sendValue(1, noise);
    lone.peer.endAnswer(1);
    const [, ...rest] = session(lone);
    for (const { payload } of rest) expect(payload.length).toBeLessThanOrEqual(65_535);
    expect(rest.filter((frame) => !isEncoded(frame) && frame.payload.length >= 24)).toEqual([]);
    expect(Buffer.concat(decodedBy(codec, rest)).subarray(-200_000).equals(noise)).toBe(true);
  });

  it.each([
    ['comes out too long', new FakeCodec({ grow: 5_000 })],
    ['fails', new FakeCodec({ fails: () => true })],
  ])('SPEC 4.11 ends a stream whose encoding %s, and goes on without', (_, codec) => {
    const lone = server(1, { codec, ...options });
    const noise = Uint8Array.from({ length: 200_000 }, (_value, at) => (at * 7919) >> 5);
    lone.peer.sendValue(1, noise);
    lone.peer.endAnswer(1);
    const [, ...rest] = session(lone);
    expect(rest.some(isEncoded)).toBe(false);
    expect(rest.slice(0, 4).map(({ streamFlags }) => streamFlags)).toEqual([0, StreamFlag.End, StreamFlag.Begin, 0]);
    expect(
      Buffer.concat(rest.map(({ payload }) => payload))
        .subarray(-noise.length)
        .equals(noise),
    ).toBe(true);
    expect(lone.peer.inspect(peerStats).streams.at(-1)?.encoding).toBe('identity');
    expect(codec.encoders).toBe(0);
  });

  it('SPEC 4.12 passes by what is compressed already, and keeps the order', () => {
    const codec = new FakeCodec();
    const lone = server(1, { codec, ...options });
    const packed = precompressed(new Uint8Array(70_000).fill(7));
    lone.peer.sendValue(1, 'before, and long enough');
    lone.peer.sendValue(1, packed);
    lone.peer.sendValue(1, 'behind, and long enough too');
    lone.peer.endAnswer(1);
    const [, ...rest] = session(lone);
    expect(rest.map(isEncoded)).toEqual([true, false, false, true]);
    const plain = Buffer.concat(decodedBy(codec, rest));
    expect(plain.indexOf('before')).toBeLessThan(plain.indexOf(Buffer.alloc(70_000, 7)));
    expect(plain.indexOf(Buffer.alloc(70_000, 7))).toBeLessThan(plain.indexOf('behind'));
  });

  it('SPEC 9.1.20, 9.1.21 uses identity where no context is left', () => {
    const codec = new FakeCodec();
    for (const more of [{ contexts: new ContextBudget(0) }, { limits: { contexts: 0 } }]) {
      const lone = server(1, { codec, ...options, ...more });
      lone.peer.sendValue(1, ZEROS);
      expect(session(lone).some(isEncoded)).toBe(false);
    }
  });

  it('gives its contexts back when the connection is gone, whatever is under way', async () => {
    const codec = new FakeCodec({ leaves: () => true });
    const contexts = new ContextBudget();
    const lone = server(1, { codec, contexts, ...options });
    lone.peer.sendValue(1, ZEROS);
    session(lone);
    expect([codec.encoders, codec.jobs.length]).toEqual([1, 1]);
    expect(contexts.taken).toBeGreaterThan(0);
    lone.lose();
    await codec.finish();
    expect([codec.encoders, contexts.taken, lone.takeMessage()]).toEqual([0, 0, undefined]);
  });

  it('SPEC 8.12.10 waits for an encoder that left the event loop, and for nothing in vain', async () => {
    const codec = new FakeCodec({ leaves: () => true });
    const lone = server(2, { codec, ...options });
    let wakes = 0;
    lone.peer.onWake(() => wakes++);
    lone.peer.sendValue(1, ZEROS);
    lone.peer.sendValue(3, ZEROS);
    expect(session(lone).map(({ type }) => type)).toEqual([STREAM_SETTINGS]);
    expect(session(lone)).toEqual([]);
    const before = wakes;
    await codec.finish();
    expect(wakes).toBe(before + 1);
    expect(session(lone).map(({ requestId }) => requestId)).toEqual([1]);
    await codec.finish();
    expect(session(lone).map(({ requestId }) => requestId)).toEqual([3]);
  });
});

describe('SPEC 4.9 the choice of an encoding', () => {
  const both = "{b'contentencodings': [b'second', b'first', b'identity']}";
  const codecs = (): FakeCodec[] => [new FakeCodec({ name: 'first' }), new FakeCodec({ name: 'second' })];

  function chosen(options: LoneOptions, channel = 'default'): (string | undefined)[] {
    const lone = server(1, { settings: both, codecs: codecs(), ...options });
    lone.peer.useChannel(1, channel);
    lone.peer.sendValue(1, ZEROS);
    return session(lone)
      .filter(({ type }) => type === STREAM_SETTINGS)
      .map(({ payload }) => Buffer.from(payload.subarray(1)).toString());
  }

  const channels = (encodings: readonly string[]): PeerOptions['channels'] => [
    { name: 'default', weight: 4 },
    { name: 'bulk', weight: 1, encodings },
  ];

  it("is this side's, among what the other side advertised", () => {
    expect(chosen({})).toEqual(['first']);
    expect(chosen({ settings: "{b'contentencodings': [b'second', b'third']}" })).toEqual(['second']);
    expect(chosen({ settings: "{b'contentencodings': [b'third']}" })).toEqual([]);
    const decoding = new FakeCodec({ name: 'first', decodesOnly: true });
    expect(chosen({ codecs: [decoding, new FakeCodec({ name: 'second' })] })).toEqual(['second']);
  });

  it('is that of the channel, where it has one', () => {
    expect(chosen({ channels: channels(['second', 'first']) }, 'bulk')).toEqual(['second']);
    expect(chosen({ channels: channels(['second', 'first']) })).toEqual(['first']);
    expect(chosen({ channels: channels([]) }, 'bulk')).toEqual([]);
    expect(chosen({ channels: channels(['identity', 'first']) }, 'bulk')).toEqual([]);
    expect(chosen({ channels: channels(['unheard-of']) }, 'bulk')).toEqual([]);
  });

  it('SPEC 8.3.10 is identity where the other side keeps no more decoders', () => {
    const settings = "{b'contentencodings': [b'first'], b'wiremux': {b'limits': {b'contexts': 1}}}";
    const lone = server(2, { settings, codecs: codecs() });
    lone.peer.useChannel(3, 'bulk');
    for (const id of [1, 3]) lone.peer.sendValue(id, ZEROS);
    const sent = session(lone);
    expect(sent.filter(({ type }) => type === STREAM_SETTINGS).length).toBe(1);
    expect(sent.find(({ requestId }) => requestId === 3)?.streamFlags).toBe(StreamFlag.Begin);
  });

  it('holds for each channel of a stream they share', () => {
    for (const first of [1, 3]) {
      const lone = server(2, { dialect: 'exp-framing-0006', channels: channels([]) });
      lone.peer.useChannel(3, 'bulk');
      const sent: Frame[] = [];
      for (const id of [first, 4 - first, first]) {
        lone.peer.sendValue(id, ZEROS.subarray(0, 9_000));
        sent.push(...session(lone).filter(({ payload }) => payload.length > 11));
      }
      expect(sent.filter(({ requestId }) => requestId === 3).some(isEncoded)).toBe(false);
      expect(sent.filter(({ requestId }) => requestId === 1).every(isEncoded)).toBe(true);
    }
  });
});

describe('SPEC 8.3.10, 8.11.4 wiremux.1', () => {
  it('SPEC 4.11 leaves a frame plain whose encoding might not fit, and the context as it was', () => {
    const codec = new FakeCodec({ grow: 60 });
    const lone = server(1, { codec });
    const [, ...rest] = [1_000, 65_300, 1_000].flatMap((length) => {
      lone.peer.sendOutput(1, [{ text: '%s', args: ['xy'.repeat(length / 2)], labels: [] }]);
      return session(lone);
    });
    expect(rest.map(({ streamFlags }) => streamFlags)).toEqual([StreamFlag.Encoded, 0, StreamFlag.Encoded]);
    expect(decodedBy(codec, rest).map(({ length }) => length > 900)).toEqual([true, true, true]);
  });

  it('SPEC 4.10, 4.11 leaves a frame of over 65,536 bytes plain, and the context as it was', () => {
    const settings = "{b'contentencodings': [b'fake'], b'wiremux': {b'maxframe': 200000}}";
    const codec = new FakeCodec();
    const lone = server(1, { codec, settings, limits: { textQueue: 1_000 * KiB } });
    const text = (length: number): void =>
      lone.peer.sendOutput(1, [{ text: '%s', args: ['x'.repeat(length)], labels: [] }]);
    for (const length of [1_000, 100_000, 1_000]) {
      text(length);
      lone.peer.takeEvents();
    }
    const [, ...rest] = session(lone);
    expect(rest.map(isEncoded)).toEqual([true, false, true]);
    expect(decodedBy(codec, rest).map(({ length }) => length > 900)).toEqual([true, true, true]);
  });

  const settingsOf = (lone: LonePeer): string[] => lone.sent().filter((frame) => frame.includes('sender-protocol'));

  it('SPEC 8.3.10 advertises what it keeps decoders for, and a server only to a client that encodes', () => {
    const codecs = [new FakeCodec()];
    const client = (options: LoneOptions): string[] =>
      settingsOf(new LonePeer({ role: 'client', settings: null, codecs, ...options }));
    expect(client({})).toEqual([
      "0 1 stream-begin sender-protocol-settings eos cbor:{b'contentencodings': [b'fake', b'identity']}",
    ]);
    expect(client({ contexts: new ContextBudget(1) })[0]).toContain('contexts\\x01Pcontentencodings');
    expect(client({ contexts: new ContextBudget(0) })[0]).toContain("{b'contentencodings': [b'identity']}");
    const answer = (settings: string): string | undefined => {
      const lone = new LonePeer({ settings: null, codecs });
      lone.feed(`0 1 stream-begin sender-protocol-settings eos cbor:${settings}`);
      return settingsOf(lone)[0];
    };
    expect(answer(FAKE)).toContain("{b'contentencodings': [b'fake', b'identity']}");
    expect(answer('{}')).toContain("{b'contentencodings': [b'identity']}");
  });

  it('SPEC 8.3.3 a client begins plain, and encodes once it may', () => {
    const codec = new FakeCodec();
    const lone = new LonePeer({ role: 'client', settings: null, stream: false, codecs: [codec] });
    const args = { text: 'x'.repeat(100) };
    lone.peer.open({ name: 'echo', args });
    expect(session(lone).map(isEncoded)).toEqual([false]);
    lone.feed(`0 2 stream-begin sender-protocol-settings eos cbor:${FAKE}`);
    lone.peer.open({ name: 'echo', args });
    const later = session(lone);
    expect(later.map(({ type, streamFlags }) => [type, streamFlags])).toEqual([
      [STREAM_SETTINGS, 0],
      [1, StreamFlag.Encoded],
    ]);
  });

  it('SPEC 4.12, 8.11.4 `plain` keeps a request and its answer plain', () => {
    const client = new LonePeer({ role: 'client', settings: FAKE, stream: false, codecs: [new FakeCodec()] });
    const id = client.peer.open({ name: 'echo', args: { text: 'x'.repeat(100) }, hasData: true, plain: true });
    client.peer.sendData(id, ZEROS.subarray(0, 9_000));
    client.peer.endData(id);
    const sent = client.sent();
    expect(sent.filter((frame) => frame.includes('|encoded') || frame.includes(' encoded'))).toEqual([]);
    expect(sent.find((frame) => frame.includes('command-request'))).toContain("b'plain': True");

    const lone = server(0);
    lone.feed(`1 3 stream-begin command-request new cbor:{b'name': b'echo', b'plain': True}`);
    lone.peer.sendOutput(1, [{ text: 'A line of text that is long.', args: [], labels: [] }]);
    lone.peer.sendValue(1, ZEROS);
    lone.peer.endAnswer(1);
    expect(session(lone).some(isEncoded)).toBe(false);
  });

  it('SPEC 4.12, 8.11.4 an answerer keeps an answer plain by itself', () => {
    const lone = server(0);
    lone.feed(`1 3 stream-begin command-request new cbor:{b'name': b'echo'}`);
    lone.peer.keepPlain(1);
    lone.peer.sendValue(1, ZEROS);
    lone.peer.endAnswer(1);
    expect(session(lone).some(isEncoded)).toBe(false);
  });

  it('SPEC 8.11.4 `plain` of another type is `bad-arguments`', () => {
    const lone = new LonePeer({ stream: false });
    lone.feed(`1 3 stream-begin command-request new cbor:{b'name': b'echo', b'plain': 1}`);
    expect(lone.sentSession().at(-1)).toContain("b'bad-arguments'");
  });

  it('SPEC 8.12.10 frames of other streams go on while one is being encoded', async () => {
    let leaves = true;
    const codec = new FakeCodec({ leaves: () => leaves });
    const lone = server(2, { codec });
    lone.peer.useChannel(1, 'bulk');
    lone.peer.sendValue(1, ZEROS);
    session(lone);
    leaves = false;
    lone.peer.sendValue(3, 'A small answer on another stream.');
    lone.peer.endAnswer(3);
    lone.peer.sendValue(1, ZEROS);
    expect(session(lone).map(({ requestId }) => requestId)).toEqual([0, 3]);
    await codec.finish();
    const rest = session(lone);
    expect(rest.map(({ requestId, streamFlags }) => [requestId, streamFlags])).toEqual([
      [1, StreamFlag.Encoded],
      [1, StreamFlag.Encoded],
    ]);
  });

  it.each(['answerer', 'opener'])(
    'SPEC 8.4.4, 8.6.2, 8.12.10 nothing of a half follows its end: the %s',
    async (side) => {
      const codec = new FakeCodec({ leaves: () => true });
      let lone: LonePeer;
      if (side === 'answerer') {
        lone = server(1, { codec });
        lone.peer.sendValue(1, ZEROS);
        session(lone);
        lone.feed('1 3 0 cancel 0 ');
        lone.peer.stopped(1);
      } else {
        lone = new LonePeer({ role: 'client', settings: FAKE, stream: false, codecs: [codec] });
        const id = lone.peer.open({ name: 'echo', hasData: true });
        session(lone);
        lone.peer.sendData(id, ZEROS.subarray(0, 9_000));
        session(lone);
        lone.peer.cancel(id);
      }
      expect(codec.jobs.length).toBe(1);
      expect(session(lone)).toEqual([]);
      await codec.finish();
      expect(session(lone).map(({ type }) => type)).toEqual([side === 'answerer' ? RESPONSE : 2, 0xb]);
    },
  );

  it('SPEC 8.3.6 control frames wait where they share a stream that is busy', async () => {
    const codec = new FakeCodec({ leaves: () => true });
    const settings = "{b'contentencodings': [b'fake'], b'wiremux': {b'limits': {b'streams': 1}}}";
    const lone = server(2, { codec, settings });
    lone.peer.sendValue(1, ZEROS);
    session(lone);
    lone.feed('3 3 0 cancel 0 ');
    lone.peer.stopped(3);
    expect(session(lone)).toEqual([]);
    await codec.finish();
    expect(session(lone).map(({ requestId, type }) => [requestId, type])).toEqual([
      [1, RESPONSE],
      [3, 0xb],
    ]);
  });
});
