import { describe, expect, it } from 'vitest';
import { peerStats } from '../../src/reactor/stats.js';
import { everyChunking } from '../../src/testing/index.js';
import { toHex } from '../frame/vectors.js';
import { frameBytes, type LoneOptions, LonePeer, rawFrame } from './lone-peer.js';

const OLD = 'exp-framing-0006';
const CALL = "command-request new cbor:{b'name': b'x'}";
const OK = "command-response eos cbor:{b'status': b'ok'}";

/** What the other side sends last, and the rule that it breaks. */
type Illegal = readonly [rule: string, ...frames: string[]];

const fromClient: readonly Illegal[] = [
  ['1.3', `1 3 8 ${CALL}`],
  ['1.3', `1 3 128 ${CALL}`],
  ['4.1', `1 4 stream-begin ${CALL}`],
  ['4.1', `1 0 stream-begin ${CALL}`],
  ['4.3', `1 5 0 ${CALL}`],
  ['4.3', `1 5 stream-end ${CALL}`],
  ['4.3', `1 3 stream-begin ${CALL}`],
  ['4.3', `1 3 stream-begin|stream-end ${CALL}`],
  ['4.3', '0 1 stream-begin ping 0 @'],
  ['2.3', '1 3 0 4 0 '],
  ['2.3', '1 3 0 15 0 '],
  ['2.3', '1 3 0 command-request 0 '],
  ['5.2', `2 3 0 ${CALL}`],
  ['5.2', `1 3 0 ${CALL}`, `1 3 0 ${CALL}`],
  ['5.13', '2 3 0 command-data eos '],
  ['5.13', `1 3 0 ${OK}`],
  ['5.13', '1 3 0 error-response 0 cbor:{}'],
  ['5.13', '1 3 0 text-output 0 cbor:[]'],
  ['5.13', '1 3 0 progress 0 cbor:{}'],
  ['5.5', `2 3 0 ${OK}`],
  ['8.1.4', '0 3 0 ack 0 cbor:0'],
  ['8.1.4', '1 3 0 ack 0 cbor:0'],
  ['8.1.4', '1 3 0 sender-protocol-settings eos cbor:{}'],
  ['8.1.4', '0 3 0 ping 0 @'],
  ['8.1.4', '0 3 0 drain 0 cbor:{}'],
  ['8.1.4', '0 3 0 sender-protocol-settings eos cbor:{}'],
  ['8.1.4', '1 1 0 ping 0 @'],
  ['8.1.4', '0 1 stream-end ping 0 @'],
  ['8.1.4', '0 1 encoded ping 0 @'],
  ['8.1.4', `1 1 0 ${CALL}`],
  ['8.1.4', `0 1 0 ${CALL}`],
  ['8.1.4', "0 1 0 stream-settings eos cbor:b'identity'"],
  ['8.1.4', '0 1 0 credit 0 cbor:2048'],
  ['8.1.4', `0 3 0 ${CALL}`],
  ['8.1.4', '0 3 0 credit 0 cbor:2048'],
  ['8.1.4', '0 3 0 cancel 0 '],
  ['8.1.5', "0 1 0 drain 0 cbor:{b'after': 0, b'jitter': 0}"],
];

const fromServer: readonly Illegal[] = [
  ['4.1', `1 3 stream-begin ${OK}`],
  ['5.2', `1 4 0 ${CALL}`],
  ['5.2', `3 4 0 ${CALL}`],
  ['5.5', `3 4 0 ${OK}`],
  ['5.5', '3 4 0 text-output 0 cbor:[]'],
  ['5.13', '1 4 0 command-data eos '],
  ['5.13', `2 4 0 ${OK}`],
  ['8.1.4', `0 2 0 ${OK}`],
  ['8.1.4', '1 2 0 error-response 0 cbor:{}'],
  ['8.1.4', `0 4 0 ${OK}`],
];

const fromOldClient: readonly Illegal[] = [
  ['1.3', `1 1 8 ${CALL}`],
  ['4.1', `1 2 stream-begin ${CALL}`],
  ['4.3', `1 3 0 ${CALL}`],
  ['2.3', '1 1 0 10 0 cbor:2048'],
  ['5.2', `2 1 0 ${CALL}`],
  ['5.2', `0 1 0 ${CALL}`],
  ['5.2', `1 1 0 ${CALL}`, `1 1 0 ${CALL}`],
  ['5.13', `1 1 0 ${OK}`],
  ['5.13', '1 1 0 text-output 0 cbor:[]'],
  ['5.5', `2 1 0 ${OK}`],
];

const fromOldServer: readonly Illegal[] = [
  ['2.3', '1 2 0 11 1 '],
  ['4.1', `1 1 stream-begin ${OK}`],
  ['4.3', `1 4 0 ${OK}`],
  ['5.2', `1 2 0 ${CALL}`],
  ['5.5', `3 2 0 ${OK}`],
  ['5.13', `2 2 0 ${OK}`],
  ['5.13', `0 2 0 ${OK}`],
  ['5.13', `2 2 0 ${CALL}`],
  ['5.13', '1 2 0 command-data eos '],
];

/** Gives the frames to a peer that has another request open, whose death must be told too. */
function broken(options: LoneOptions, frames: readonly string[]): LonePeer {
  const lone = new LonePeer(options);
  if (options.role === 'client') lone.peer.open({ name: 'open' });
  else lone.feed(`99 ${lone.stream} 0 ${CALL}`);
  lone.sent();
  lone.feed(...frames.map((frame) => frame.replace(/@$/, "cbor:b''")));
  return lone;
}

describe.each([
  ['a client', { role: 'server' }, fromClient],
  ['a server', { role: 'client' }, fromServer],
  ['a client in 0006', { role: 'server', dialect: OLD }, fromOldClient],
  ['a server in 0006', { role: 'client', dialect: OLD }, fromOldServer],
] as const)('SPEC 1.3, 2.3, 4.1, 4.3, 5.2, 5.5, 5.13, 8.1.4, 8.1.5 illegal frames from %s', (_, options, illegal) => {
  const rows = illegal.map(([rule, ...frames]) => ({ rule, frames, last: frames.at(-1) }));

  it.each(rows)('SPEC $rule break the connection: $last', ({ rule, frames }) => {
    const lone = broken(options, frames);
    expect(lone.of('closing')).toHaveLength(1);
    expect(lone.fault).toMatchObject({ rule, closeCode: 1002 });
  });

  it('SPEC 5.11 send one error frame where their role allows it, read no more, and end all requests', () => {
    const [, ...frames] = illegal[0] as Illegal;
    const lone = broken(options, frames);
    const { length } = lone.events;
    lone.feed(`${options.role === 'client' ? 1 : 97} ${lone.stream} 0 ${options.role === 'client' ? OK : CALL}`);
    expect(lone.events).toHaveLength(length);
    const sent = lone.sent();
    const expected: Readonly<Record<string, RegExp[]>> = {
      'wiremux.1 server': [/^0 2 0 error-response 0 cbor:\{b'code': b'protocol', .*b'type': b'protocol'\}$/],
      'wiremux.1 client': [/^0 1 0 error-response 0 cbor:\{b'code': b'protocol', .*b'type': b'protocol'\}$/],
      [`${OLD} server`]: [/^1 2 stream-begin error-response 0 cbor:\{b'message': .*b'type': b'protocol'\}$/],
      [`${OLD} client`]: [],
    };
    const patterns = expected[`${lone.peer.dialect.name} ${lone.peer.role}`] ?? [];
    expect(sent).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)));
    lone.lose();
    const ended = options.role === 'client' ? lone.of('failed', 1) : lone.of('cancelled', 99);
    expect(ended).toEqual([expect.objectContaining({ error: expect.objectContaining({ code: 'connection-lost' }) })]);
    expect(lone.peer.nextTimeout()).toBeUndefined();
    expect(() => lone.peer.open({ name: 'late' })).toThrow(expect.objectContaining({ code: 'connection-lost' }));
    expect(lone.peer.openSlots).toBe(0);
  });
});

describe('SPEC 1 frames of a connection', () => {
  it('SPEC 1.1, 1.4 are those of the example', () => {
    const example = "1 1 stream-begin command-request new cbor:{b'name': b'echo'}";
    expect(toHex(frameBytes(example))).toBe('0b00000100010111a1446e616d65446563686f');
    const lone = new LonePeer({ dialect: OLD, stream: false });
    lone.feed(example);
    expect(lone.of('request')).toMatchObject([{ id: 1, name: 'echo' }]);
    lone.peer.endAnswer(1);
    expect(lone.sent()).toEqual([expect.stringMatching(/^1 2 stream-begin command-response eos /)]);
  });

  it('SPEC 1.5 are refused from their header alone when they are too long', () => {
    const header = rawFrame(1, 3, 0, 1, 1, new Uint8Array(65_536)).subarray(0, 8);
    const lone = new LonePeer();
    lone.feedBytes(header.subarray(0, 7));
    expect(lone.fault).toBeUndefined();
    lone.feedBytes(header.subarray(7));
    expect(lone.fault).toMatchObject({ rule: '1.5', closeCode: 1002 });
  });

  it('SPEC 1.5, 9.1.1 have payloads up to the length that was announced', () => {
    const data = '1 3 0 command-data continuation ';
    const open = "1 3 0 command-request new|have-data cbor:{b'name': b'x'}";
    const most = 100_000;
    const lone = new LonePeer({ limits: { framePayload: most } });
    lone.feed(open);
    lone.feedBytes(frameBytes(`${data}…x${most}`).subarray(0, 8));
    expect(lone.fault).toBeUndefined();
    const past = new LonePeer({ limits: { framePayload: most } });
    past.feed(open);
    past.feedBytes(frameBytes(`${data}…x${most + 1}`).subarray(0, 8));
    expect(past.fault).toMatchObject({ rule: '1.5', message: expect.stringContaining(`at most ${most}`) });
  });

  it('SPEC 1.2, 1.7 have payloads past 65,536 bytes, and none at all', () => {
    const lone = new LonePeer({ limits: { framePayload: 2 ** 20, uploadWindow: 2 ** 20 } });
    lone.feed("1 3 0 command-request new|have-data cbor:{b'name': b'x'}", '1 3 0 command-data continuation x');
    lone.peer.dataTaken(1, 1);
    const bytes = frameBytes('1 3 0 command-data continuation …x70000');
    expect(toHex(bytes.subarray(0, 3))).toBe('701101');
    lone.feedBytes(bytes);
    lone.feed('1 3 0 command-data eos ');
    expect(lone.of('data').map((piece) => piece.bytes.length)).toEqual([1, 70_000]);
    expect(lone.of('data-end')).toHaveLength(1);
  });

  it('SPEC 1.6 mean the same however they are cut', () => {
    const frames = [
      "0 1 stream-begin sender-protocol-settings eos cbor:{b'wiremux': {}}",
      "1 3 stream-begin command-request new|more|have-data cbor:{b'name': ",
      "1 3 0 command-request continuation|have-data b'x'}",
    ];
    const cut = frameBytes("0 0 0 0 0 cbor:{b'name': b'cut'}").slice(8);
    const bytes = Buffer.concat([
      frameBytes(frames[0] as string),
      rawFrame(1, 3, 1, 1, 13, cut.subarray(0, 4)),
      rawFrame(1, 3, 0, 1, 10, cut.subarray(4)),
      frameBytes('1 3 0 command-data continuation abc'),
      frameBytes('1 3 stream-end command-data eos '),
    ]);
    for (const pieces of everyChunking(bytes)) {
      const lone = new LonePeer({ settings: null });
      for (const piece of pieces) lone.feedBytes(Uint8Array.from(piece));
      expect(lone.fault).toBeUndefined();
      expect(lone.kinds(1)).toEqual(['request', 'data', 'data-end']);
      expect(lone.peer.inspect(peerStats).streams.filter(({ direction }) => direction === 'in')).toHaveLength(1);
    }
  });
});

describe('SPEC 4 streams of a connection', () => {
  it('SPEC 4.5 carry frames of many requests, and one request may use many', () => {
    const lone = new LonePeer();
    lone.feed(
      "1 3 0 command-request new|have-data cbor:{b'name': b'x'}",
      "3 5 stream-begin command-request new|have-data cbor:{b'name': b'y'}",
      '1 5 0 command-data continuation a',
      '3 3 0 command-data eos b',
      '1 3 0 command-data eos c',
    );
    expect(lone.kinds(1)).toEqual(['request', 'data', 'data', 'data-end']);
    expect(lone.kinds(3)).toEqual(['request', 'data', 'data-end']);
  });

  it('SPEC 4.2, 4.4 may begin again after their end, which delivers its own frame', () => {
    const lone = new LonePeer();
    lone.feed(`1 3 stream-end ${CALL}`, `3 3 stream-begin|stream-end ${CALL}`, `5 3 stream-begin ${CALL}`);
    expect(lone.of('request').map(({ id }) => id)).toEqual([1, 3, 5]);
    lone.feed(`7 5 0 ${CALL}`);
    expect(lone.fault?.rule).toBe('4.3');
  });

  it('SPEC 4.6 carry frames flagged encoded as they are while they are `identity`', () => {
    const lone = new LonePeer();
    lone.feed(`1 3 encoded ${CALL}`);
    expect(lone.of('request')).toMatchObject([{ id: 1, name: 'x' }]);
  });

  it('SPEC 4.7, 9.1.6 are 16 beside the link stream', () => {
    const lone = new LonePeer();
    const calls = Array.from({ length: 15 }, (_, at) => `${1 + 2 * at} ${5 + 2 * at} stream-begin ${CALL}`);
    lone.feed(...calls);
    expect(lone.fault).toBeUndefined();
    lone.feed(`99 35 stream-begin ${CALL}`);
    expect(lone.fault).toMatchObject({ rule: '4.7', closeCode: 1002 });
    expect(lone.of('request')).toHaveLength(15);
  });

  it('SPEC 4.7, 9.1.6 are 16 in all where there is no link stream', () => {
    const lone = new LonePeer({ dialect: OLD });
    lone.feed(...Array.from({ length: 15 }, (_, at) => `${1 + 2 * at} ${3 + 2 * at} stream-begin ${CALL}`));
    expect(lone.fault).toBeUndefined();
    lone.feed(`99 33 stream-begin|stream-end ${CALL}`);
    expect(lone.fault).toMatchObject({ rule: '4.7', closeCode: 1002 });
    expect(lone.of('request')).toHaveLength(15);
  });
});
