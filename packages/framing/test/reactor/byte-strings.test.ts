import { describe, expect, it } from 'vitest';
import { ByteStringReader } from '../../src/byte-strings.js';
import { DIALECTS, encodeValue, type PeerEvent, preEncoded } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { type End, pair } from './harness.js';
import { type LoneOptions, LonePeer } from './lone-peer.js';

const BOTH: readonly LoneOptions[] = [{}, { dialect: 'exp-framing-0006' }];
const CLIENTS: readonly LoneOptions[] = BOTH.map((options) => ({ ...options, role: 'client' }));
const NAME = "cbor:{b'name': b'x'}";
const OK = '\\xa1FstatusBok';

/** A server whose command runs for request 1. */
function running(options: LoneOptions = {}): LonePeer {
  const lone = new LonePeer(options);
  lone.feed(`1 ${lone.stream} 0 command-request new ${NAME}`);
  return lone;
}

/** Type, flags and payload of the frames. */
const bodies = (frames: readonly string[]): string[] => frames.map((frame) => frame.split(' ').slice(3).join(' '));

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const codeOf = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

describe.each(BOTH)('SPEC 3.4.9 a byte string that is sent piece by piece in %j', (options) => {
  it('has a definite length where that is known', () => {
    const lone = running(options);
    lone.peer.beginBytes(1, 6);
    lone.peer.sendBytes(1, ascii('abc'));
    expect(bodies(lone.sentSession())).toEqual([`command-response continuation ${OK}Fabc`]);
    lone.peer.sendBytes(1, ascii('def'));
    lone.peer.endBytes(1);
    lone.peer.sendValue(1, 1);
    lone.peer.endAnswer(1);
    expect(bodies(lone.sentSession())).toEqual(['command-response eos def\\x01']);
  });

  it('is in chunks where it is not', () => {
    const lone = running(options);
    lone.peer.beginBytes(1);
    lone.peer.sendBytes(1, ascii('abc'));
    lone.peer.sendBytes(1, new Uint8Array(0));
    lone.peer.sendBytes(1, ascii('x'.repeat(24)));
    lone.peer.endBytes(1);
    lone.peer.endAnswer(1);
    expect(bodies(lone.sentSession())).toEqual([`command-response eos ${OK}_CabcX\\x18${'x'.repeat(24)}\\xff`]);
  });

  it.each([0, undefined])('may be empty: length %s', (length) => {
    const lone = running(options);
    lone.peer.beginBytes(1, length);
    lone.peer.endBytes(1);
    lone.peer.endAnswer(1);
    expect(bodies(lone.sentSession())).toEqual([`command-response eos ${OK}${length === 0 ? '@' : '_\\xff'}`]);
  });

  it('has the length it said, or is refused', () => {
    const lone = running(options);
    lone.peer.beginBytes(1, 3);
    expect(codeOf(() => lone.peer.sendBytes(1, ascii('abcd')))).toBe('wrong-length');
    lone.peer.sendBytes(1, ascii('ab'));
    expect(codeOf(() => lone.peer.sendBytes(1, ascii('cd')))).toBe('wrong-length');
    expect(codeOf(() => lone.peer.endBytes(1))).toBe('wrong-length');
    lone.peer.sendBytes(1, ascii('c'));
    expect(codeOf(() => lone.peer.endBytes(1))).toBeUndefined();
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('cannot be %s bytes long', (length) => {
    expect(codeOf(() => running(options).peer.beginBytes(1, length))).toBe('wrong-length');
  });

  it('ends the answer with an error when it does not end itself', () => {
    const lone = running(options);
    lone.peer.beginBytes(1, 3);
    lone.peer.sendBytes(1, ascii('ab'));
    lone.peer.endAnswer(1);
    const [values, error] = bodies(lone.sentSession());
    expect(values).toBe(`command-response continuation ${OK}Cab`);
    expect(error).toMatch(/^error-response 0 .*inside a byte string/);
  });

  it('is one value: nothing is sent inside it', () => {
    const lone = running(options);
    lone.peer.beginBytes(1);
    expect(codeOf(() => lone.peer.sendValue(1, 1))).toBe('internal');
    expect(codeOf(() => lone.peer.beginBytes(1))).toBe('internal');
    lone.peer.endBytes(1);
    expect(codeOf(() => lone.peer.sendValue(1, 1))).toBeUndefined();
  });

  it('does nothing once the request has ended, or outside of one', () => {
    const lone = running(options);
    lone.peer.sendBytes(1, ascii('a'));
    lone.peer.endBytes(1);
    lone.peer.endAnswer(1);
    expect(lone.peer.beginBytes(1)).toBe(true);
    expect(lone.peer.sendBytes(1, ascii('a'))).toBe(true);
    expect(lone.peer.endBytes(1)).toBe(true);
    expect(bodies(lone.sentSession())).toEqual(["command-response eos cbor:{b'status': b'ok'}"]);
  });

  it('SPEC 9.1.18 tells its writer when to wait, and fails past the limit', () => {
    const lone = running({ ...options, limits: { sendQueueHighWater: 100, sendQueue: 300 } });
    expect(lone.peer.beginBytes(1)).toBe(true);
    expect(lone.peer.sendBytes(1, new Uint8Array(80))).toBe(true);
    expect(lone.peer.sendBytes(1, new Uint8Array(80))).toBe(false);
    expect(lone.peer.sendBytes(1, new Uint8Array(200))).toBe(false);
    expect(codeOf(() => lone.peer.sendBytes(1, new Uint8Array(1)))).toBe('slow-reader');
  });
});

describe.each(CLIENTS)('SPEC 3.4.8 byte strings taken in pieces in %j', (options) => {
  /** A client that has asked for the byte strings of request 1 in pieces. */
  function asked(more: Pick<LoneOptions, 'limits'> = {}): { lone: LonePeer; give: (payload: string) => void } {
    const lone = new LonePeer({ ...options, ...more });
    lone.peer.open({ name: 'asked', bytePieces: ByteStringReader });
    lone.sent();
    const give = (payload: string): void => lone.feed(`1 ${lone.stream} 0 command-response ${payload}`);
    return { lone, give };
  }

  it('come as they arrive, in their order among the values', () => {
    const { lone, give } = asked();
    give(`continuation ${OK}\\x01EabcdeFg`);
    give('continuation hijkl\\x02Aa\\x03\\x04');
    give('eos _CmnoA');
    expect(lone.events.filter((event) => 'id' in event && event.id === 1)).toEqual([
      { kind: 'answering', id: 1 },
      { kind: 'values', id: 1, values: [1], sizes: [1] },
      { kind: 'bytes', id: 1, bytes: ascii('abcde'), size: 6, last: true },
      { kind: 'bytes', id: 1, bytes: ascii('g'), size: 2, last: false },
      { kind: 'bytes', id: 1, bytes: ascii('hijkl'), size: 5, last: true },
      { kind: 'values', id: 1, values: [2], sizes: [1] },
      { kind: 'bytes', id: 1, bytes: ascii('a'), size: 2, last: true },
      { kind: 'values', id: 1, values: [3, 4], sizes: [1, 1] },
      { kind: 'bytes', id: 1, bytes: ascii('mno'), size: 5, last: false },
      { kind: 'failed', id: 1, error: expect.objectContaining({ code: 'protocol' }) as unknown },
    ]);
  });

  it('may be longer than any value', () => {
    const { lone, give } = asked({ limits: { valueBytes: 10 } });
    give(`continuation ${OK}X\\xffabc`);
    give('continuation …x252');
    give('eos Lxxxxxxxxxxxx');
    expect(lone.of('bytes').map(({ bytes, last }) => [bytes.length, last])).toEqual([
      [3, false],
      [252, true],
      [12, true],
    ]);
    expect(lone.kinds(1).at(-1)).toBe('ended');
  });

  it('leave the status map what it is', () => {
    const { lone, give } = asked();
    give('continuation Cabc');
    expect(lone.kinds(1)).toEqual(['failed']);
    expect(lone.error(1)?.code).toBe('protocol');
  });

  it('do not follow an error status', () => {
    const { lone, give } = asked();
    give("continuation cbor:{b'status': b'error', b'error': {b'message': b'm'}}");
    give('eos Cabc');
    expect(lone.kinds(1)).toEqual(['failed']);
    expect(lone.error(1)).toMatchObject({ code: 'protocol' });
  });

  it('break as other values do', () => {
    const { lone, give } = asked();
    give(`continuation ${OK}_A`);
    give('continuation x\\x00');
    expect(lone.error(1)).toMatchObject({ code: 'protocol' });
    expect(lone.fault).toBeUndefined();
  });
});

/** What came at an opener, its byte strings put together. */
function received({ events }: End, id: number): unknown[] {
  const values: unknown[] = [];
  const open: Uint8Array[] = [];
  for (const event of events) {
    if (event.kind === 'values' && event.id === id) values.push(...event.values);
    if (event.kind !== 'bytes' || event.id !== id) continue;
    open.push(event.bytes);
    if (event.last) values.push(new Uint8Array(Buffer.concat(open.splice(0))));
  }
  return values;
}

/** The bytes that {@link sender} sends. */
function poured(size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let left = size; left > 0; left -= 10_000) pieces.push(Buffer.alloc(Math.min(left, 10_000), left % 251));
  return Buffer.concat(pieces);
}

/** Sends `size` bytes in pieces, as there is room. */
function sender(size: number, length: number | undefined): (event: PeerEvent, peer: End['peer']) => void {
  let left = size;
  let ended = false;
  return (event, peer) => {
    if (event.kind === 'request') peer.beginBytes(event.id, length);
    else if (event.kind !== 'answer-writable') return;
    let room = true;
    while (room && left > 0) {
      const piece = new Uint8Array(Math.min(left, 10_000)).fill(left % 251);
      left -= piece.length;
      room = peer.sendBytes(event.id, piece);
    }
    if (left > 0 || ended) return;
    ended = true;
    peer.endBytes(event.id);
    peer.endAnswer(event.id);
  };
}

describe.each(DIALECTS.map(({ name }) => name))('SPEC 3.4.8, 3.4.9 a long byte string in %s', (dialect) => {
  it.each([3_000_000, undefined])('arrives whole under backpressure: length %s', async (length) => {
    const { clock, client } = pair({
      dialect,
      onServer: sender(3_000_000, length),
      clientLimits: { valueBytes: 1_000 },
    });
    client.taking = false;
    await clock.settle();
    const id = client.peer.open({ name: 'x', bytePieces: ByteStringReader });
    let held = 0;
    let most = 0;
    let at = client.events.length;
    for (let turn = 0; client.of('ended', id).length === 0; turn++) {
      expect(turn).toBeLessThan(1_000);
      await clock.settle();
      for (; at < client.events.length; at++) {
        const event = client.events[at];
        if (event?.kind === 'bytes') held += event.size;
      }
      most = Math.max(most, held);
      client.peer.taken(id, held);
      held = 0;
    }
    expect(most).toBeLessThan(dialect === 'wiremux.1' ? 300_000 : 1_300_000);
    const values = received(client, id) as Uint8Array[];
    // Without CBOR each frame is a byte string of its own.
    if (dialect !== 'exp-framing-0002' && dialect !== 'exp-framing-0003') expect(values).toHaveLength(1);
    expect(Buffer.concat(values).equals(poured(3_000_000))).toBe(true);
  });
});

describe('SPEC 3.4.8, 8.4.1 a long byte string that a server asks for', () => {
  it('arrives whole too', async () => {
    const { clock, client, server } = pair({ onClient: sender(200_000, undefined) });
    await clock.settle();
    const id = server.peer.open({ name: 'x', bytePieces: ByteStringReader });
    await clock.settle();
    expect(Buffer.concat(received(server, id) as Uint8Array[]).equals(poured(200_000))).toBe(true);
    expect(server.of('ended', id)).toHaveLength(1);
    expect(client.closed).toBeUndefined();
  });
});

describe('SPEC 8.5.6 credit for a byte string in pieces', () => {
  it('comes back for each piece that is taken, its heads included', async () => {
    const { clock, client, server } = pair({ clientLimits: { answerCredit: 4_096 } });
    client.taking = false;
    await clock.settle();
    const id = client.peer.open({ name: 'x', bytePieces: ByteStringReader });
    await clock.settle();
    const sent = (): number => server.peer.inspect(peerStats).requests[0]?.bytes ?? 0;
    server.peer.beginBytes(id, 20_000);
    server.peer.sendBytes(id, new Uint8Array(20_000));
    await clock.settle();
    expect(sent()).toBe(4_096);
    await clock.advance(1_000);
    expect(sent()).toBe(4_096);
    const sizes = client.of('bytes', id).map(({ size }) => size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4_096 - 11);
    client.peer.taken(id, 1_100);
    await clock.settle();
    expect(sent()).toBeGreaterThan(5_000);
    expect(sent()).toBeLessThanOrEqual(4_096 + 1_100 + 11);
  });
});

describe('SPEC 3.1.10 values that are encoded already', () => {
  it('are sent as they are, uncopied', () => {
    const lone = running();
    const bytes = encodeValue('x'.repeat(50_000));
    lone.peer.sendValue(1, preEncoded(bytes));
    const chunks = lone.peer.takeBytes(0) ?? [];
    expect(chunks.some((chunk) => chunk.buffer === bytes.buffer)).toBe(true);
  });

  it('keep within what the other side takes', () => {
    const lone = running({ settings: "{b'wiremux': {b'limits': {b'value': 1000}}}" });
    expect(codeOf(() => lone.peer.sendValue(1, preEncoded(encodeValue('x'.repeat(998)))))).toBe('too-big');
    expect(codeOf(() => lone.peer.sendValue(1, preEncoded(encodeValue('x'.repeat(997)))))).toBeUndefined();
  });

  it.each(['wiremux.1', 'exp-framing-0006'])('may be arguments in %s', (dialect) => {
    const lone = new LonePeer({ role: 'client', dialect });
    const list = preEncoded(Uint8Array.of(0x9f, 0x01, 0xff));
    lone.peer.open({ name: 'x', args: { a: list, b: { c: preEncoded(Uint8Array.of(0x18, 1)) } } });
    const [frame = ''] = lone.sentSession();
    expect(frame).toContain('Aa\\x9f\\x01\\xff');
    expect(frame).toMatch(/[Aa]c\\x18\\x01/);
  });
});
