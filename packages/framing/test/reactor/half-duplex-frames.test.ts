import { describe, expect, it } from 'vitest';
import { CloseCode } from '../../src/index.js';
import { LonePeer } from './lone-peer.js';

describe('SPEC 7.8, 9.1.25 what is held', () => {
  const STATUS = 11;
  const server = (heldAnswers: number): LonePeer => {
    const lone = new LonePeer({ halfDuplex: true, limits: { heldAnswers } });
    lone.feed("1 3 0 command-request new cbor:{b'name': b'x'}");
    return lone;
  };

  it.each([
    ['values', 3 + 1_000, (lone: LonePeer) => lone.peer.sendValue(1, new Uint8Array(1_000))],
    [
      'text',
      27,
      (lone: LonePeer) => {
        lone.peer.beginBytes(1, 0);
        lone.peer.endBytes(1);
        lone.peer.sendOutput(1, [{ text: '12345678901234567890', args: [], labels: [] }]);
      },
    ],
  ])('may be as much as the limit, %s too', (_, bytes, send) => {
    const extra = bytes === 27 ? 1 : 0;
    const within = server(STATUS + bytes + extra);
    send(within);
    expect(within.peer.takeEvents().filter(({ kind }) => kind === 'cancelled')).toEqual([]);
    const over = server(STATUS + bytes + extra - 1);
    send(over);
    expect(over.peer.takeEvents()).toMatchObject([{ kind: 'cancelled', id: 1, error: { code: 'too-big' } }]);
  });

  it('is not bounded any more once the input has ended', () => {
    const lone = server(100);
    lone.peer.endInput(0);
    lone.peer.sendValue(1, new Uint8Array(1_000));
    expect(lone.peer.takeEvents()).toEqual([]);
  });
});

describe.each(['exp-framing-0006', 'wiremux.1'])('SPEC 7.6, 7.7 the frames of an exchange in %s', (dialect) => {
  const extended = dialect === 'wiremux.1';
  const half = (options: ConstructorParameters<typeof LonePeer>[0] = {}) =>
    new LonePeer({ dialect, halfDuplex: true, ...options });
  const call = (lone: LonePeer, id: number): string =>
    `${id} ${lone.stream} 0 command-request new cbor:{b'name': b'x'}`;

  it('begin with the settings, from the client', () => {
    const lone = half({ role: 'client', settings: null });
    lone.peer.open({ name: 'x' });
    expect(lone.sent()).toEqual([]);
    lone.peer.flush(0);
    expect(lone.sent()[extended ? 0 : -1] ?? '').toMatch(
      extended ? /^0 1 stream-begin sender-protocol-settings eos / : '',
    );
    expect(lone.peer.outputEnded).toBe(true);
  });

  it('begin with the settings, from the server, when its input has ended', () => {
    const lone = half();
    lone.feed(call(lone, 1));
    lone.peer.endAnswer(1);
    expect(lone.sent()).toEqual([]);
    lone.peer.endInput(0);
    const frames = lone.sent();
    expect(frames).toHaveLength(extended ? 2 : 1);
    if (extended) expect(frames[0]).toMatch(/^0 2 stream-begin sender-protocol-settings eos /);
    expect(frames.at(-1)).toMatch(/^1 \d stream-begin command-response eos /);
    expect(lone.peer.outputEnded).toBe(true);
  });

  it('keep the order of completion while they go out, of answers that are completed meanwhile too', () => {
    const lone = half();
    lone.feed(...[1, 3, 5].map((id) => call(lone, id)));
    lone.peer.sendValue(3, new Uint8Array(10));
    lone.peer.sendValue(1, new Uint8Array(200_000));
    lone.peer.endAnswer(1);
    lone.peer.endInput(0);
    lone.takeMessage();
    lone.peer.sendValue(3, new Uint8Array(10));
    lone.peer.sendValue(5, new Uint8Array(10));
    lone.peer.endAnswer(5);
    const answers = lone.sentSession().map((frame) => `${frame.split(' ')[0]} ${frame.split(' ')[4]}`);
    expect(answers.join()).toMatch(/^(1 continuation,)+1 eos,5 eos,3 continuation$/);
  });

  it('fail a request whose map is cut off, and answer the others', () => {
    const lone = half();
    lone.feed(call(lone, 1), `3 ${lone.stream} 0 command-request new|more cbor:{b'name': b'x'}`);
    lone.peer.endAnswer(1);
    lone.peer.endInput(0);
    const [ok, failed] = lone.sentSession();
    expect(ok).toMatch(/^1 .*b'status': b'ok'/);
    expect(failed).toMatch(/^3 .*The input ended before the arguments/);
    if (extended) expect(failed).toContain("b'code': b'protocol'");
    expect(lone.fault).toBeUndefined();
    expect(lone.peer.outputEnded).toBe(true);
  });

  it('keep a request refused whose map is cut off', () => {
    const lone = half({ limits: { requestMap: 10 } });
    lone.feed(`1 ${lone.stream} 0 command-request new|more …x20`);
    lone.peer.endInput(0);
    expect(lone.sentSession()).toEqual([expect.stringContaining('10 bytes at most')]);
    expect(lone.peer.outputEnded).toBe(true);
  });

  it.each([3, 8, 10])('break the connection where the input ends %i bytes into one', (bytes) => {
    const lone = half();
    lone.feed(call(lone, 1));
    lone.peer.endAnswer(1);
    lone.feedBytes(Uint8Array.of(5, 0, 0, 3, 0, lone.stream, 0, 0x11, 1, 2).subarray(0, bytes));
    lone.peer.endInput(0);
    const frames = lone.sent();
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatch(/error-response .*The input ended inside a frame/);
    expect(lone.fault).toMatchObject({ rule: '7.7', closeCode: CloseCode.Protocol });
  });

  it('break the connection of a client where the answers end inside one, which sends nothing', () => {
    const lone = half({ role: 'client' });
    lone.peer.open({ name: 'x' });
    lone.peer.flush(0);
    lone.sent();
    lone.feedBytes(Uint8Array.of(5, 0, 0));
    lone.peer.endInput(0);
    expect(lone.sent()).toEqual([]);
    expect(lone.fault).toMatchObject({ rule: '7.7' });
  });

  it('end with the error frame of a broken rule, before the end of the input', () => {
    const lone = half();
    lone.feed(`1 ${lone.stream} 0 command-data eos x`);
    expect(lone.sent()).toEqual([expect.stringMatching(/error-response 0 /)]);
    lone.peer.endInput(0);
    expect(lone.sent()).toEqual([]);
  });

  it('may be none', () => {
    const lone = half();
    lone.peer.endInput(0);
    expect(lone.sentSession()).toEqual([]);
    expect(lone.peer.outputEnded).toBe(true);
  });
});

describe('SPEC 7.6 wiremux.1 in one exchange', () => {
  it.each(['1 3 0 credit 0 cbor:5', '1 3 0 cancel 0 ', '0 1 0 ack 0 cbor:0', "0 1 0 ping 0 cbor:b''"])(
    'has no frame %s',
    (frame) => {
      const lone = new LonePeer({ halfDuplex: true });
      lone.feed(frame);
      expect(lone.fault).toMatchObject({ rule: '2.3' });
    },
  );

  it('has no drain', () => {
    const lone = new LonePeer({ halfDuplex: true, role: 'client' });
    lone.feed("0 2 0 drain 0 cbor:{b'after': 0, b'jitter': 0}");
    expect(lone.fault).toMatchObject({ rule: '2.3' });
  });

  it('has no requests of the server', () => {
    const lone = new LonePeer({ halfDuplex: true, role: 'client' });
    lone.feed("2 4 0 command-request new cbor:{b'name': b'x'}");
    expect(lone.fault).toMatchObject({ rule: '5.13' });
  });

  it('SPEC 7.7 has the settings of its client whole', () => {
    for (const frames of [[], ['0 1 stream-begin sender-protocol-settings continuation ']]) {
      const lone = new LonePeer({ halfDuplex: true, settings: null, stream: false });
      lone.feed(...frames);
      lone.peer.endInput(0);
      expect(lone.of('closing')).toEqual([]);
      lone.sent();
      expect(lone.fault).toMatchObject({ rule: '7.7' });
    }
  });

  it('SPEC 8.3.8 waits 10 s for them', () => {
    const lone = new LonePeer({ halfDuplex: true, settings: null, stream: false });
    lone.wait(9_999);
    expect(lone.fault).toBeUndefined();
    lone.wait(1);
    expect(lone.fault).toMatchObject({ closeCode: CloseCode.HandshakeTimeout });
  });

  it('neither acknowledges nor pings', () => {
    const lone = new LonePeer({ halfDuplex: true });
    lone.feed("1 3 0 command-request new cbor:{b'name': b'x'}");
    lone.peer.endInput(0);
    lone.sent();
    lone.wait(100_000);
    expect(lone.sent()).toEqual([]);
    expect(lone.peer.nextTimeout()).toBeUndefined();
  });

  it('SPEC 8.3.2 waits for its client to be authenticated, also behind the end of the input', () => {
    const lone = new LonePeer({ halfDuplex: true, authenticate: true, settings: null, stream: false });
    lone.feed(
      '0 1 stream-begin sender-protocol-settings eos cbor:{}',
      "1 3 stream-begin command-request new cbor:{b'name': b'x'}",
    );
    lone.peer.endInput(0);
    expect(lone.sent()).toEqual([]);
    lone.peer.accept(0);
    lone.sent();
    expect(lone.of('request')).toHaveLength(1);
    lone.peer.endAnswer(1);
    expect(lone.sent()).toHaveLength(1);
    expect(lone.peer.outputEnded).toBe(true);
  });
});
