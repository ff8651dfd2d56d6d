import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteStringReader } from '../../src/byte-strings.js';
import { type PeerEvent, preEncoded, WiremuxError } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { everyChunking } from '../../src/testing/index.js';
import { pair } from '../reactor/harness.js';
import { frameBytes, joined, LonePeer } from '../reactor/lone-peer.js';

const OLDEST = 'exp-framing-0002';
const FLAGGED = 'exp-framing-0003';
const PLAIN = [OLDEST, FLAGGED] as const;

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

/** A client with request 1 open, which was sent these frames; the first begins the stream. */
function asked(dialect: string, frames: readonly string[], bytePieces = false): LonePeer {
  const lone = new LonePeer({ role: 'client', dialect });
  lone.peer.open({ name: 'asked', bytePieces: bytePieces ? ByteStringReader : undefined });
  lone.sent();
  lone.feed(...frames.map((frame, index) => (index === 0 ? frame.replace('1 2 0', '1 2 stream-begin') : frame)));
  return lone;
}

/** A server with request 1 running. */
function running(dialect: string): LonePeer {
  const lone = new LonePeer({ dialect });
  const opening = dialect === OLDEST ? 'command-name eos n' : "command-request new cbor:{b'name': b'n'}";
  lone.feed(`1 1 stream-begin ${opening}`);
  return lone;
}

/** What a server sends for an answer of these values. */
function answer(dialect: string, values: readonly unknown[]): string[] {
  const lone = running(dialect);
  for (const value of values) lone.peer.sendValue(1, value);
  lone.peer.endAnswer(1);
  return lone.sent().map((frame) => frame.replace(/^1 2 \S+ bytes-response /, ''));
}

describe.each(PLAIN)('SPEC 3.4.12 answers of %s', (dialect) => {
  it.each([
    [[], ['eos ']],
    [['one'], ['eos one']],
    [
      ['é', bytes('two')],
      ['continuation é', 'eos two'],
    ],
    [['', 'x', new Uint8Array(0)], ['eos x']],
  ])('of %j are the frames %j', (values, expected) => {
    expect(answer(dialect, values)).toEqual(expected);
  });

  it('are what was given at that time: small bytes are copied', () => {
    const lone = running(dialect);
    const value = bytes('before');
    lone.peer.sendValue(1, value);
    value.fill(0x78);
    lone.peer.endAnswer(1);
    expect(lone.sent()).toEqual(['1 2 stream-begin bytes-response eos before']);
  });

  it('have each value that fits a frame in one frame, and longer ones in several', async () => {
    const sizes = [40_000, 40_000, 65_528, 65_529, 1, 200_000];
    const { clock, client } = pair({
      dialect,
      onServer: (event, peer) => {
        if (event.kind !== 'request') return;
        for (const size of sizes) peer.sendValue(event.id, new Uint8Array(size).fill(size));
        peer.endAnswer(event.id);
      },
    });
    const id = client.peer.open({ name: 'blobs' });
    await clock.settle();
    const lengths = (client.values(id) as Uint8Array[]).map(({ length }) => length);
    expect(lengths.slice(0, 3)).toEqual([40_000, 40_000, 65_528]);
    const rest = lengths.slice(3);
    expect(rest.reduce((sum, size) => sum + size, 0)).toBe(65_529 + 1 + 200_000);
    expect(rest).toContain(1);
    expect(client.of('ended', id)).toHaveLength(1);
  });

  it('go out as a byte string comes, without head and end', () => {
    const lone = running(dialect);
    lone.peer.beginBytes(1, 5);
    lone.peer.sendBytes(1, bytes('abc'));
    lone.peer.sendBytes(1, bytes('de'));
    lone.peer.endBytes(1);
    lone.peer.beginBytes(1);
    lone.peer.sendBytes(1, bytes('f'));
    lone.peer.endBytes(1);
    lone.peer.endAnswer(1);
    expect(lone.sent().map((frame) => frame.replace(/^1 2 \S+ bytes-response /, ''))).toEqual([
      'continuation abc',
      'continuation de',
      'eos f',
    ]);
  });

  it('give each frame as a byte string in every cut, empty ones as none', () => {
    const frames = ['continuation one', 'continuation ', 'continuation two', 'eos '];
    const lines = frames.map((frame, at) => `1 2 ${at === 0 ? 'stream-begin' : '0'} bytes-response ${frame}`);
    for (const pieces of everyChunking(joined(lines.map((line) => frameBytes(line, dialect))))) {
      const lone = new LonePeer({ role: 'client', dialect });
      lone.peer.open({ name: 'asked' });
      lone.sent();
      for (const piece of pieces) lone.feedBytes(piece);
      expect(lone.kinds(1)).toEqual(['answering', 'values', 'values', 'ended']);
      expect(lone.values(1)).toEqual([bytes('one'), bytes('two')]);
      expect(lone.of('values').map(({ sizes }) => sizes)).toEqual([[3], [3]]);
    }
  });

  it('SPEC 3.4.8 give frames as pieces where the caller wants those', () => {
    const lone = asked(dialect, ['1 2 0 bytes-response eos abc'], true);
    expect(lone.of('bytes', 1)).toEqual([{ kind: 'bytes', id: 1, bytes: bytes('abc'), size: 3, last: true }]);
  });

  it('SPEC 5.5 are a protocol error for a request that is not open', () => {
    const lone = asked(dialect, ['1 2 0 bytes-response eos x', '1 2 0 bytes-response eos x']);
    expect(lone.fault?.rule).toBe('5.5');
  });

  it('SPEC 3.4.5 end, also without values', () => {
    expect(asked(dialect, ['1 2 0 bytes-response eos ']).kinds(1)).toEqual(['answering', 'ended']);
  });

  it('SPEC 5.9 pause the transport when 1 MiB is held', () => {
    const lone = asked(dialect, ['1 2 0 bytes-response continuation …x60000']);
    for (let count = 0; count < 17; count++) lone.feed('1 2 0 bytes-response continuation …x60000');
    expect(lone.peer.readPaused).toBe(true);
    lone.peer.taken(1, 18 * 60_000);
    expect(lone.peer.readPaused).toBe(false);
  });

  it('may be interleaved', () => {
    const lone = new LonePeer({ role: 'client', dialect });
    for (const name of ['a', 'b']) lone.peer.open({ name });
    lone.sent();
    lone.feed(
      '3 2 stream-begin bytes-response continuation b1',
      '1 2 0 bytes-response continuation a1',
      '3 2 0 bytes-response eos b2',
      '1 2 0 bytes-response eos a2',
    );
    expect([lone.values(1), lone.values(3)]).toEqual([
      [bytes('a1'), bytes('a2')],
      [bytes('b1'), bytes('b2')],
    ]);
  });
});

describe('SPEC 3.4.12 what exp-framing-0002 cannot carry', () => {
  it.each([
    ['a number', 7],
    ['null', null],
    ['an object', { a: 1 }],
    ['an array', [1]],
    ['a boolean', false],
    ['an object', preEncoded(Uint8Array.of(1))],
  ])('is refused: %s', (what, value) => {
    const lone = running(OLDEST);
    lone.peer.sendValue(1, 'fine');
    expect(() => lone.peer.sendValue(1, value)).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining(`this is ${what}`) }),
    );
    lone.peer.endAnswer(1);
    expect(lone.sent()).toEqual(['1 2 stream-begin bytes-response eos fine']);
  });
});

describe('SPEC 3.4.13 flagged frames of exp-framing-0003', () => {
  it.each([
    [
      [1, null, 'text', [2]],
      ['continuation|cbor \\x01\\xf6', 'continuation text', 'eos|cbor \\x81\\x02'],
    ],
    [[{ a: true }], ['eos|cbor \\xa1aa\\xf5']],
    [[preEncoded(Uint8Array.of(0x18, 0x2a)), 7], ['eos|cbor \\x18*\\a']],
  ])('%j are sent as %j', (values, expected) => {
    const sent = answer(FLAGGED, values);
    const hex = (frame: string): string =>
      Buffer.from(frameBytes(`1 2 0 bytes-response ${frame.replace(/cbor:.*$/, '')}`, FLAGGED)).toString('hex');
    expect(sent.length).toBe(expected.length);
    const lone = running(FLAGGED);
    for (const value of values) lone.peer.sendValue(1, value);
    lone.peer.endAnswer(1);
    const raw = lone.takeMessage() as Uint8Array;
    const flat = Buffer.from(raw).toString('hex');
    for (const frame of expected) expect(flat).toContain(hex(frame).slice(14));
  });

  it('hold as many values as fit, and long values over several', async () => {
    const values = Array.from({ length: 30_000 }, (_, seq) => ({ seq }));
    const { clock, client } = pair({
      dialect: FLAGGED,
      onServer: (event, peer) => {
        if (event.kind !== 'request') return;
        for (const value of values) peer.sendValue(event.id, value);
        peer.sendValue(event.id, ['x'.repeat(200_000)]);
        peer.endAnswer(event.id);
      },
    });
    const id = client.peer.open({ name: 'rows' });
    await clock.settle();
    expect(client.values(id)).toEqual([...values, ['x'.repeat(200_000)]]);
    expect(client.peer.inspect(peerStats).frames.in).toBeLessThan(15);
  });

  it('form one sequence, whatever comes between them but bytes', () => {
    const lone = asked(FLAGGED, [
      '1 2 0 bytes-response continuation|cbor \\x82',
      '1 2 0 bytes-response continuation ',
      "1 2 0 text-output 0 cbor:[{b'msg': b'text'}]",
      '1 2 0 bytes-response continuation|cbor \\x01\\x02\\x43',
      '1 2 0 bytes-response eos|cbor abc\\x61d',
    ]);
    expect(lone.values(1)).toEqual([[1, 2], bytes('abc'), 'd']);
    expect(lone.kinds(1).at(-1)).toBe('ended');
  });

  it('SPEC 3.4.8 give byte strings in pieces where the caller wants those', () => {
    const lone = asked(
      FLAGGED,
      ['1 2 0 bytes-response continuation|cbor \\x01\\x43a', '1 2 0 bytes-response eos|cbor bc\\x02'],
      true,
    );
    expect(lone.values(1)).toEqual([1, 2]);
    expect(Buffer.from(joined(lone.of('bytes', 1).map((piece) => piece.bytes))).toString()).toBe('abc');
  });

  it.each([
    ['protocol', 'bytes inside a value', ['continuation|cbor \\x82\\x01', 'continuation abc', 'eos ']],
    ['protocol', 'an end inside a value', ['eos|cbor \\x82\\x01']],
    ['protocol', 'a plain end inside a value', ['continuation|cbor \\x82\\x01', 'eos ']],
    ['protocol', 'a tag', ['continuation|cbor \\xc0\\x01', 'eos ']],
    ['protocol', 'a stray break', ['eos|cbor \\xff']],
    ['too-big', 'too deep nesting', [`eos|cbor ${'\\x81'.repeat(70)}\\x01`]],
  ])('SPEC 3.4.4 fail the request with `%s` for %s, and nothing else', (code, _, frames) => {
    const lone = asked(
      FLAGGED,
      frames.map((frame) => `1 2 0 bytes-response ${frame}`),
    );
    expect(lone.error(1)?.code).toBe(code);
    expect(lone.kinds(1).filter((kind) => kind === 'failed' || kind === 'ended')).toEqual(['failed']);
    expect(lone.fault).toBeUndefined();
    expect(lone.peer.open({ name: 'next' })).toBe(3);
  });

  it('give back what was sent, of any values', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.dictionary(fc.string(), fc.integer()),
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.array(fc.string()),
    );
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const server = running(FLAGGED);
        for (const each of values) server.peer.sendValue(1, each);
        server.peer.endAnswer(1);
        const client = new LonePeer({ role: 'client', dialect: FLAGGED });
        client.peer.open({ name: 'n' });
        client.sent();
        client.feedBytes(server.takeMessage() as Uint8Array);
        expect(client.values(1)).toEqual(values.map((each) => (Array.isArray(each) ? [...each] : each)));
      }),
    );
  });
});

describe.each(PLAIN)('SPEC 3.5.4 error frames of %s', (dialect) => {
  it.each([
    ['bad-arguments', 'application'],
    ['internal', 'application'],
    ['protocol', 'protocol'],
  ])('say of %s that it is %s', (code, flag) => {
    for (const values of [[], ['one']]) {
      const lone = running(dialect);
      for (const value of values) lone.peer.sendValue(1, value);
      lone.peer.failAnswer(1, new WiremuxError(code, 'No: 100 % ü.'));
      expect(lone.sent().at(-1)).toMatch(new RegExp(`^1 2 \\S+ error-response ${flag} No: 100 % ü\\.$`));
    }
  });

  it('SPEC 3.5.3 cut what is longer than 8 KiB', () => {
    for (const text of ['x'.repeat(8_192), `x${'ü'.repeat(8_192)}`]) {
      const lone = running(dialect);
      lone.peer.failAnswer(1, new WiremuxError('sad', text));
      const [said = ''] = lone.sent();
      const cut = said.replace('1 2 stream-begin error-response application ', '');
      expect(text.startsWith(cut)).toBe(true);
      expect(Buffer.byteLength(cut)).toBe(text.startsWith('xü') ? 8_191 : 8_192);
    }
  });

  it.each(['protocol', 'application'])('flagged %s end the request with its text, behind what it gave', (flag) => {
    const lone = asked(dialect, ['1 2 0 bytes-response continuation one', `1 2 0 error-response ${flag} boom \\xff`]);
    expect(lone.kinds(1)).toEqual(['answering', 'values', 'failed']);
    expect(lone.error(1)).toMatchObject({ code: 'remote-error', message: 'boom \ufffd' });
    expect(lone.fault).toBeUndefined();
  });
});

describe('SPEC 3.6.4 packed text', () => {
  const ATOMS = [
    { text: '%s of %s\n', args: ['ü', ''], labels: ['ui.label'] },
    { text: '', args: [], labels: [] },
  ];

  it('is sent and read, in every cut', () => {
    const server = running(OLDEST);
    server.peer.sendOutput(1, ATOMS);
    const sent = server.takeMessage() as Uint8Array;
    const payload = `090001020802000000${Buffer.from('%s of %s\nui.labelü').toString('hex')}00000000`;
    expect(Buffer.from(sent.subarray(8)).toString('hex')).toBe(payload);
    for (const pieces of everyChunking(sent)) {
      const lone = new LonePeer({ role: 'client', dialect: OLDEST });
      lone.peer.open({ name: 'n' });
      lone.sent();
      for (const piece of pieces) lone.feedBytes(piece);
      expect(lone.of('output', 1)).toEqual([{ kind: 'output', id: 1, atoms: ATOMS }]);
    }
  });

  const atom = (text: string, args: string[] = [], labels: string[] = []): (typeof ATOMS)[number] => ({
    text,
    args,
    labels,
  });
  it.each([
    [
      'labels',
      atom(
        '',
        [],
        Array.from({ length: 255 }, () => 'l'),
      ),
      atom(
        '',
        [],
        Array.from({ length: 256 }, () => 'l'),
      ),
    ],
    [
      'arguments',
      atom(
        '',
        Array.from({ length: 255 }, () => 'a'),
      ),
      atom(
        '',
        Array.from({ length: 256 }, () => 'a'),
      ),
    ],
    ['bytes of a label', atom('', [], ['l'.repeat(255)]), atom('', [], ['l'.repeat(256)])],
    ['bytes of text and arguments', atom('t'.repeat(30_000), ['a'.repeat(30_000)]), atom('t'.repeat(65_536))],
  ])('has room for so many %s and no more: what does not fit is dropped, and said', (_, fits, over) => {
    const { clock, client } = pair({
      dialect: OLDEST,
      onServer: (event, peer) => {
        if (event.kind !== 'request') return;
        peer.sendOutput(event.id, [fits]);
        peer.endAnswer(event.id);
      },
    });
    const id = client.peer.open({ name: 'n' });
    const server = running(OLDEST);
    server.peer.sendOutput(1, [over]);
    expect(server.sent()).toEqual([expect.stringMatching(/%s messages dropped.*1$/)]);
    return clock.settle().then(() => expect(client.of('output', id)[0]?.atoms).toEqual([fits]));
  });

  it.each([
    '\\x01',
    '\\x01\\x00\\x00\\x00',
    '\\x00\\x00\\x01\\x00',
    '\\x00\\x00\\x00\\x01\\x01',
    '\\x00\\x00\\x00\\x00\\x00',
  ])('that ends inside an atom is a protocol error: %s', (payload) => {
    expect(asked(OLDEST, [`1 2 0 text-output 0 ${payload}`]).fault?.rule).toBe('3.6.1');
  });
});

describe('SPEC 3.7.3 progress', () => {
  it('is dropped in exp-framing-0002, and told in exp-framing-0003', () => {
    const told = PLAIN.map((dialect) => {
      const lone = running(dialect);
      lone.peer.sendProgress(1, { topic: 't', pos: 1, total: 2 });
      lone.peer.endAnswer(1);
      return lone.sent().length;
    });
    expect(told).toEqual([1, 2]);
    const lone = asked(FLAGGED, ["1 2 0 progress 0 cbor:{b'pos': 1, b'topic': b't', b'total': 2}"]);
    expect(lone.of('progress')[0]?.update).toEqual({ topic: 't', pos: 1, total: 2 });
  });
});

describe.each([...PLAIN, 'exp-framing-0005'])('SPEC 3.8.7 stream settings of %s', (dialect) => {
  it('are a fault of the client, and nothing where a server sends them', () => {
    const server = new LonePeer({ dialect });
    server.feed("0 1 stream-begin stream-settings 0 cbor:b'identity'");
    expect(server.fault).toMatchObject({ rule: '3.8.7', closeCode: 1002 });
    const client = asked(dialect, ["1 2 0 stream-settings 0 cbor:b'identity'", '0 2 0 stream-settings 0 \\xff']);
    expect(client.fault).toBeUndefined();
    expect(client.kinds(1)).toEqual([]);
  });
});

describe.each([...PLAIN, 'exp-framing-0005'])('SPEC 2.6 %s between two peers', (dialect) => {
  it('carries a request with arguments and data, and its answer', async () => {
    const seen: PeerEvent[] = [];
    const { clock, client, server } = pair({
      dialect,
      onServer: (event, peer) => {
        seen.push(event);
        if (event.kind === 'data') peer.sendValue(event.id, event.bytes);
        if (event.kind === 'data-end') peer.endAnswer(event.id);
      },
    });
    const id = client.peer.open({ name: 'put', args: { name: 'zoë', raw: Uint8Array.of(0, 255) }, hasData: true });
    client.peer.sendData(id, bytes('x'.repeat(70_000)));
    client.peer.endData(id);
    await clock.settle();
    expect(server.of('request')[0]).toMatchObject({
      name: 'put',
      args: { name: bytes('zoë'), raw: Uint8Array.of(0, 255) },
    });
    expect(joined(client.values(id) as Uint8Array[])).toHaveLength(70_000);
    expect(client.of('ended', id)).toHaveLength(1);
  });

  it('does not open requests from the server', () => {
    const lone = new LonePeer({ dialect });
    expect(() => lone.peer.open({ name: 'n' })).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});
