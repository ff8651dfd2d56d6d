import { toJsonForm } from '@wiremux/client/json';
import { encodeFrame, HEADER_SIZE, Peer, type PeerEvent, parseFrame, Responder } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../packages/framing/test/model/random.js';
import { clock } from '../support/clock.js';
import { describeWithComponent } from '../support/components.js';
import { EXP_FRAMING_0006 } from './our-client.js';
import { base64, Reference, type ReferenceEvent, type ReferenceSession } from './reference.js';
import { decodeSequence, fingerprint, randomBytes } from './values.js';

const REQUEST = "1 1 stream-begin command-request new cbor:{b'name': b'echo'}";
const STATUS = "cbor:{b'status': b'ok'}";

/** Frames from their text form (SPEC 6). */
function frames(...lines: readonly string[]): Uint8Array {
  return Buffer.concat(
    lines.map((line) => {
      const parsed = parseFrame(line, 'exp-framing-0006');
      if (!parsed.ok) throw new Error(parsed.message);
      return parsed.bytes;
    }),
  );
}

describeWithComponent('mercurial', 'Where the reference implementation is at fault', (python) => {
  let reference: Reference;
  let session: ReferenceSession;
  beforeAll(() => {
    reference = new Reference(python);
  });
  afterAll(() => reference.close());

  async function server(): Promise<void> {
    session = reference.open();
    await session.run({ do: 'server', held: false });
  }

  /** A client of the reference, and the frames of that many calls. */
  async function client(encodings: readonly string[], calls = 1): Promise<[ReferenceSession, Uint8Array]> {
    const caller = reference.open();
    await caller.run({ do: 'client', buffered: false, encodings });
    const sent: Uint8Array[] = [];
    for (let call = 0; call < calls; call++) sent.push(await caller.frames(callOf('echo')));
    return [caller, Buffer.concat(sent)];
  }

  const callOf = (name: string) =>
    ({ do: 'call', name: base64(name), args: toJsonForm(new Map()), data: null, redirect: null }) as const;

  /** Gives frames to a server of ours; what it says. */
  function ours(bytes: Uint8Array): readonly PeerEvent[] {
    const peer = new Peer({ role: 'server', responder: Responder, dialect: EXP_FRAMING_0006, now: 0 });
    peer.receiveBytes(bytes, 0);
    return peer.takeEvents();
  }

  const kinds = (events: readonly (ReferenceEvent | PeerEvent)[]): string[] => events.map(({ kind }) => kind);

  describe('its two ends together', () => {
    /** A server and a client of it, with two requests open that the server has taken; and a stream that is encoded. */
    async function twoRequests(): Promise<[ReferenceSession, number]> {
      await server();
      const [caller, requests] = await client(['zlib', 'identity'], 2);
      expect(kinds(await session.receive(requests))).toEqual(['wantframe', 'runcommand', 'runcommand']);
      const [stream] = (await session.run({ do: 'stream' })) as [number];
      return [caller, stream];
    }

    /** How a client of ours with these two requests closes; encoded frames may be decoded aside. */
    function closingOf(bytes: Uint8Array): Promise<PeerEvent> {
      const peer = new Peer({ role: 'client', dialect: EXP_FRAMING_0006, now: 0, codecs: [zlib()] });
      peer.open({ name: 'echo' });
      peer.open({ name: 'echo' });
      peer.takeBytes(0);
      return new Promise((resolve) => {
        const look = (): void => {
          const closing = peer.takeEvents().find(({ kind }) => kind === 'closing');
          if (closing !== undefined) resolve(closing);
        };
        peer.onWake(() => clock.defer(look));
        peer.receiveBytes(bytes, 0);
      });
    }

    const answer = (stream: number, request: number, values: readonly unknown[], failure: string | null = null) =>
      ({ do: 'answer', stream, request, values: toJsonForm(values), failure }) as const;

    it('SPEC 4.13 corrupts answers whose frames interleave on an encoded stream: its own client dies, ours closes', async () => {
      const [caller, stream] = await twoRequests();
      const values = Array.from({ length: 60 }, (_, at) => randomBytes(new Random(at), 1_000, false));
      const sources = (await session.run(answer(stream, 1, values), answer(stream, 3, values))) as number[];
      const lanes = sources.map((source) => [source]);
      const order = Array.from({ length: 20 }, (_, at) => at % 2);
      const corrupted = await session.take(lanes, order);
      expect((await caller.receive(corrupted)).at(-1)).toMatchObject({ kind: 'exception', type: 'error' });
      expect(await closingOf(corrupted)).toMatchObject({ fault: { rule: '4.13', closeCode: 1002 } });
    });

    it('leaves what its encoder held of a failed answer to the next answer on the stream', async () => {
      const [caller, stream] = await twoRequests();
      const first = await session.frames(answer(stream, 1, [1], 'It failed.'));
      const second = await session.frames(answer(stream, 3, [2]));
      await caller.receive(first);
      const [event] = await caller.receive(second);
      expect(event).toMatchObject({ kind: 'responsedata', request: 3, ended: true });
      const status = new Map([[new TextEncoder().encode('status'), new TextEncoder().encode('ok')]]);
      const values = decodeSequence(Buffer.from((event as { data: string }).data, 'base64'));
      expect(values).toEqual([status, 1, status, 2]);
    });
  });

  describe('its server', () => {
    it('gives the third byte of a length a fourth of its weight (SPEC 1.2)', async () => {
      const header = Uint8Array.of(0x70, 0x11, 0x01, 1, 0, 1, 1, 0x11);
      expect(await reference.open().run({ do: 'length', header: base64(header) })).toEqual([70_000 - 65_536 + 16_384]);
    });

    it('never ends an answer without values (SPEC 3.4.5)', async () => {
      await server();
      await session.receive(frames(REQUEST));
      const [stream] = (await session.run({ do: 'stream' })) as [number];
      expect(await session.frames({ do: 'answer', stream, request: 1, values: [], failure: null })).toHaveLength(0);
    });

    it('cannot send a server error whose text is longer than a frame (SPEC 3.5.3)', async () => {
      await server();
      await session.receive(frames(REQUEST));
      const [stream] = (await session.run({ do: 'stream' })) as [number];
      const message = base64('x'.repeat(40_000));
      await expect(session.frames({ do: 'server_error', stream, request: 1, message })).rejects.toMatchObject({
        fault: { type: 'AssertionError' },
      });
    });

    it('SPEC 1.5 sends the text of a command error in one frame, longer than its receiver accepts: ours closes', async () => {
      await server();
      await session.receive(frames(REQUEST));
      const [stream] = (await session.run({ do: 'stream' })) as [number];
      const message = base64('x'.repeat(70_000));
      const sent = await session.frames({ do: 'command_error', stream, request: 1, message, args: [] });
      const peer = new Peer({ role: 'client', dialect: EXP_FRAMING_0006, now: 0 });
      peer.open({ name: 'echo' });
      peer.takeBytes(0);
      peer.takeEvents();
      peer.receiveBytes(sent, 0);
      expect(peer.takeEvents()).toMatchObject([{ kind: 'closing', fault: { closeCode: 1002 } }]);
    });

    it('SPEC 5.7 holds a command back until all its data is here; ours runs it', async () => {
      await server();
      const data = '1 1 0 command-data continuation '.concat('x'.repeat(30_000));
      const upload = frames(REQUEST.replace(' new ', ' new|have-data '), ...Array.from({ length: 100 }, () => data));
      expect(new Set(kinds(await session.receive(upload)))).toEqual(new Set(['wantframe']));
      expect(kinds(ours(upload)).slice(0, 3)).toEqual(['ready', 'request', 'data']);
      expect(kinds(await session.receive(frames('1 1 0 command-data eos ')))).toEqual(['runcommand']);
    });

    it('SPEC 9.1.2 takes a request map of any length; ours refuses the request', async () => {
      await server();
      const piece = '1 1 0 command-request continuation|more '.concat('x'.repeat(65_535));
      const head = Buffer.from('a24461726773a141615a004fffb0', 'hex');
      const first = encodeFrame({ requestId: 1, streamId: 1, streamFlags: 1, type: 1, flags: 5 }, head);
      const last = frames('1 1 0 command-request continuation DnameDecho');
      const long = Buffer.concat([first, frames(...Array.from({ length: 80 }, () => piece)), last]);
      expect(kinds(await session.receive(long)).at(-1)).toBe('runcommand');
      const peer = new Peer({ role: 'server', responder: Responder, dialect: EXP_FRAMING_0006, now: 0 });
      peer.receiveBytes(long, 0);
      expect(kinds(peer.takeEvents())).toEqual(['ready']);
      const [status] = decodeSequence(Buffer.concat(peer.takeBytes(0)!).subarray(HEADER_SIZE)) as [
        Map<unknown, unknown>,
      ];
      expect(fingerprint([...status.keys()])).toBe(fingerprint(['error', 'status'], true));
    });

    it('takes any number of requests whose maps are incomplete (SPEC 9.1.4)', async () => {
      await server();
      const parts = Array.from({ length: 1_000 }, (_, at) => {
        const begin = at === 0 ? 'stream-begin' : '0';
        return `${2 * at + 1} 1 ${begin} command-request new|more \\xa1`;
      });
      expect(new Set(kinds(await session.receive(frames(...parts))))).toEqual(new Set(['wantframe']));
    });

    it('SPEC 9.1.11 takes settings of any length; ours closes', async () => {
      await server();
      const first =
        '0 1 stream-begin sender-protocol-settings continuation \\xa1PcontentencodingsZ\\x00\\x10\\x00\\x00';
      const piece = '0 1 0 sender-protocol-settings continuation '.concat('x'.repeat(65_535));
      const settings = frames(first, ...Array.from({ length: 3 }, () => piece));
      expect(new Set(kinds(await session.receive(settings)))).toEqual(new Set(['wantframe']));
      expect(ours(settings)).toMatchObject([{ kind: 'ready' }, { kind: 'closing', fault: { closeCode: 1009 } }]);
    });

    it.each([
      ['SPEC 4.3 a second begin', [REQUEST, REQUEST.replace('1 1', '3 1')], ['runcommand', 'runcommand']],
      ['SPEC 5.2 a request id that only servers open', [REQUEST.replace('1 1', '2 1')], ['runcommand']],
      ['SPEC 5.2 the request id 0', [REQUEST.replace('1 1', '0 1')], ['runcommand']],
      [
        'SPEC 3.2.4 bytes after a request map',
        ['1 1 stream-begin command-request new \\xa1DnameDecho\\x01'],
        ['runcommand'],
      ],
      [
        'SPEC 3.1.5 a key said twice',
        ['1 1 stream-begin command-request new \\xa2DnameDechoDnameCfoo'],
        ['runcommand'],
      ],
      [
        'SPEC 2.3 data with continuation and eos at once',
        [REQUEST.replace(' new ', ' new|have-data '), '1 1 0 command-data continuation|eos abc'],
        ['wantframe', 'wantframe'],
      ],
    ])('%s: it accepts that, ours does not', async (_, lines, said) => {
      await server();
      expect(kinds(await session.receive(frames(...lines)))).toEqual(said);
      expect(ours(frames(...lines)).at(-1)).toMatchObject({ kind: 'closing', fault: { closeCode: 1002 } });
    });

    it.each([
      ['SPEC 3.1.6 a stray break', ['1 1 stream-begin command-request new \\xff'], 'CBORDecodeError', 'closing'],
      [
        'SPEC 3.1.2 text strings',
        ['1 1 stream-begin command-request new \\xa1dnameDecho'],
        'CBORDecodeError',
        'request',
      ],
      ['SPEC 3.2.4 a request that is no map', ['1 1 stream-begin command-request new \\x01'], 'TypeError', 'closing'],
      [
        'SPEC 3.3.3 data before the map is complete',
        ['1 1 stream-begin command-request new|more|have-data \\xa1', '1 1 0 command-data eos abc'],
        'ProgrammingError',
        'closing',
      ],
      [
        'SPEC 4.6 frames flagged encoded, on an identity stream too',
        [REQUEST.replace('stream-begin', 'stream-begin|encoded')],
        'ProgrammingError',
        'request',
      ],
    ])('%s: it raises an exception, ours does not', async (_, lines, type, said) => {
      await server();
      expect((await session.receive(frames(...lines))).at(-1)).toMatchObject({ kind: 'exception', type });
      expect(ours(frames(...lines)).at(-1)).toMatchObject({ kind: said });
    });
  });

  describe('its client', () => {
    it('has no request ids left after 32,768 requests (SPEC 5.1)', async () => {
      const [caller] = await client(['identity'], 0);
      const calls = Array.from({ length: 32_768 }, () => callOf('echo'));
      await caller.run(...calls);
      await expect(caller.frames(callOf('echo'))).rejects.toMatchObject({ fault: { type: 'error' } });
    });

    it.each([
      ['text output (SPEC 3.6.1)', "1 2 stream-begin text-output 0 cbor:[{b'msg': b'hello'}]"],
      ['progress (SPEC 3.7.1)', "1 2 stream-begin progress 0 cbor:{b'topic': b'files', b'pos': 1, b'total': 2}"],
    ])('raises an exception for %s', async (_, line) => {
      const [caller] = await client(['identity']);
      expect(await caller.receive(frames(line))).toMatchObject([{ kind: 'exception', type: 'ProgrammingError' }]);
    });

    it.each([
      [
        'SPEC 4.3 a second begin',
        [`1 2 stream-begin command-response continuation ${STATUS}`, '1 2 stream-begin command-response eos '],
      ],
      [
        'SPEC 2.3 a response with continuation and eos at once',
        [`1 2 stream-begin command-response continuation|eos ${STATUS}`],
      ],
      [
        'SPEC 3.8.6 stream settings said twice',
        [
          '1 2 stream-begin stream-settings eos Hidentity',
          '1 2 0 stream-settings eos Hidentity',
          `1 2 0 command-response eos ${STATUS}`,
        ],
      ],
    ])('%s: it accepts that, ours does not', async (_, lines) => {
      const [caller] = await client(['identity']);
      expect(kinds(await caller.receive(frames(...lines))).at(-1)).toBe('responsedata');
      expect(asOurClient(frames(...lines)).at(-1)).toMatchObject({ kind: 'closing', fault: { closeCode: 1002 } });
    });

    it('SPEC 3.4.4 accepts an answer that ends inside a value; ours fails the request', async () => {
      const [caller] = await client(['identity']);
      const cut = frames(
        `1 2 stream-begin command-response continuation ${STATUS}`,
        '1 2 0 command-response eos \\x82\\x01',
      );
      expect(await caller.receive(cut)).toMatchObject([{ ended: false }, { ended: true }]);
      expect(asOurClient(cut).at(-1)).toMatchObject({ kind: 'failed', error: { code: 'protocol' } });
    });
  });

  /** Gives frames to a client of ours that has request 1 open; what it says. */
  function asOurClient(bytes: Uint8Array): readonly PeerEvent[] {
    const peer = new Peer({ role: 'client', dialect: EXP_FRAMING_0006, now: 0 });
    peer.open({ name: 'echo' });
    peer.takeBytes(0);
    peer.receiveBytes(bytes, 0);
    return peer.takeEvents();
  }
});
