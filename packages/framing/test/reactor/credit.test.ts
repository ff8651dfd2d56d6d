import { describe, expect, it } from 'vitest';
import { peerStats } from '../../src/reactor/stats.js';
import { fromHex } from '../frame/vectors.js';
import { pair } from './harness.js';
import { type LoneOptions, LonePeer, rawFrame } from './lone-peer.js';

const NAME = "cbor:{b'name': b'x'}";
const OK_BYTES = 11;
const OK = "cbor:{b'status': b'ok'}";

/** A server that answers request 1. */
function answering(options: LoneOptions = {}, map = NAME): LonePeer {
  const lone = new LonePeer(options);
  lone.feed(`1 3 0 command-request new ${map}`);
  return lone;
}

/** A server that takes the data of request 1. */
function taking(options: LoneOptions = {}): LonePeer {
  const lone = new LonePeer(options);
  lone.feed(`1 3 0 command-request new|have-data ${NAME}`);
  return lone;
}

/** A client with request 1 open, and credit of 1,024 unless told otherwise. */
function asking(options: LoneOptions = {}, credit?: number): LonePeer {
  const lone = new LonePeer({ role: 'client', limits: { answerCredit: 1_024 }, ...options });
  lone.peer.open({ name: 'x', ...(credit === undefined ? {} : { credit }) });
  lone.sent();
  return lone;
}

const answered = (lone: LonePeer): number => lone.peer.inspect(peerStats).requests[0]?.bytes ?? 0;

/** Payload of a response frame: a byte string of that many bytes, its head of 3 included. */
function value(bytes: number): Uint8Array {
  return Uint8Array.from([...fromHex(`59${(bytes - 3).toString(16).padStart(4, '0')}`), ...new Uint8Array(bytes - 3)]);
}

describe('SPEC 8.5 credit of answers', () => {
  it.each([
    ['the settings of the opener', "{b'wiremux': {b'credit': 5000}}", NAME, 5_000],
    ['the defaults', '{}', NAME, 262_144],
    ['the request map, less', '{}', "cbor:{b'credit': 1024, b'name': b'x'}", 1_024],
    ['the request map, more', "{b'wiremux': {b'credit': 5000}}", "cbor:{b'credit': 300000, b'name': b'x'}", 300_000],
  ])('SPEC 8.5.3, 8.11.2 begins with what %s say', (_, settings, map, credit) => {
    const lone = answering({ settings }, map);
    lone.peer.sendValue(1, new Uint8Array(400_000));
    lone.sent();
    expect(answered(lone)).toBe(credit);
  });

  it('SPEC 8.5.1, 8.5.2, 8.5.4 is spent by response frames, the status included, which are cut to fit', () => {
    const lone = answering({ settings: "{b'wiremux': {b'credit': 1024}}" });
    lone.peer.sendValue(1, new Uint8Array(2_000));
    lone.sent();
    expect(answered(lone)).toBe(1_024);
    lone.feed('1 3 0 credit 0 cbor:990');
    lone.peer.endAnswer(1);
    expect(lone.sentSession()).toEqual([expect.stringMatching(/^1 4 0 command-response eos /)]);
    expect(lone.peer.inspect(peerStats).requests).toEqual([]);
  });

  it('SPEC 8.5.2 is not needed for text, progress, errors and the empty end', () => {
    const lone = answering({ settings: "{b'wiremux': {b'credit': 1024}}" });
    lone.peer.sendValue(1, new Uint8Array(1_024 - OK_BYTES - 3));
    expect(lone.sentSession()).toHaveLength(1);
    lone.peer.sendOutput(1, [{ text: 'm', args: [], labels: [] }]);
    lone.peer.sendProgress(1, { topic: 't', pos: 1, total: 2 });
    lone.peer.endAnswer(1);
    expect(lone.sentSession()).toEqual([
      expect.stringContaining(' text-output '),
      expect.stringContaining(' progress '),
      '1 4 0 command-response eos ',
    ]);
  });

  it('SPEC 8.5.4, 8.12.7 lets text pass values that wait for it', () => {
    const lone = answering({ settings: "{b'wiremux': {b'credit': 1024}}" });
    lone.peer.sendValue(1, new Uint8Array(5_000));
    lone.sent();
    lone.peer.sendOutput(1, [{ text: 'm', args: [], labels: [] }]);
    lone.peer.endAnswer(1);
    expect(lone.sentSession()).toEqual([expect.stringContaining(' text-output ')]);
  });

  it.each([
    ['0', '8.2.3'],
    ['16777217', '8.2.3'],
    ["b'1'", '8.2.3'],
  ])('SPEC 8.5.5, 8.2.3 breaks with a grant of %s', (amount, rule) => {
    const lone = answering();
    lone.feed(`1 3 0 credit 0 cbor:${amount}`);
    expect(lone.fault).toMatchObject({ rule, closeCode: 1002 });
  });

  it('SPEC 8.5.5 takes 2^24 bytes granted and unspent, and breaks one past', () => {
    const most = 2 ** 24 - 262_144;
    const edge = answering();
    edge.feed(`1 3 0 credit 0 cbor:${most}`);
    expect(edge.fault).toBeUndefined();
    edge.feed('1 3 0 credit 0 cbor:1');
    expect(edge.fault).toMatchObject({ rule: '8.5.5', closeCode: 1002 });
    const spent = answering();
    spent.peer.sendValue(1, 1);
    spent.sent();
    spent.feed(`1 3 0 credit 0 cbor:${most}`, '1 3 0 credit 0 cbor:12');
    expect(spent.fault).toBeUndefined();
  });

  it('SPEC 8.5.5 breaks when more comes than was granted, by one byte', () => {
    const edge = asking();
    edge.feed(`1 4 0 command-response continuation ${OK}`);
    edge.feedBytes(rawFrame(1, 4, 0, 3, 1, value(1_024 - OK_BYTES)));
    expect(edge.fault).toBeUndefined();
    edge.feed('1 4 0 command-response eos ');
    expect(edge.fault).toBeUndefined();
    const past = asking();
    past.feedBytes(rawFrame(1, 4, 0, 3, 1, new Uint8Array(1_025)));
    expect(past.fault).toMatchObject({ rule: '8.5.5', closeCode: 1002 });
  });

  it('SPEC 8.5.6, 8.5.7 is granted again when a quarter of it was taken', () => {
    const lone = asking();
    lone.feed(`1 4 0 command-response continuation ${OK}`);
    for (let count = 0; count < 4; count++) lone.feedBytes(rawFrame(1, 4, 0, 3, 1, value(200)));
    expect(lone.sentSession()).toEqual([]);
    lone.peer.taken(1, 200);
    expect(lone.sentSession()).toEqual([]);
    lone.peer.taken(1, 200);
    expect(lone.sentSession()).toEqual(['1 5 stream-begin credit 0 cbor:411']);
    lone.peer.taken(1, 200);
    lone.peer.taken(1, 200);
    expect(lone.sentSession()).toEqual(['1 5 0 credit 0 cbor:400']);
  });

  it('SPEC 8.5.6 is granted for a value that is longer than the window, once those before it are taken', () => {
    const lone = asking();
    const long = value(3_000);
    lone.feed(`1 4 0 command-response continuation ${OK}`);
    lone.feedBytes(rawFrame(1, 4, 0, 3, 1, Uint8Array.from([...value(300), ...long.subarray(0, 700)])));
    expect(lone.sentSession()).toEqual([]);
    lone.peer.taken(1, 300);
    expect(lone.sentSession()).toEqual(['1 5 stream-begin credit 0 cbor:1011']);
    lone.feedBytes(rawFrame(1, 4, 0, 3, 1, long.subarray(700, 1_700)));
    expect(lone.sentSession()).toEqual(['1 5 0 credit 0 cbor:1000']);
  });

  it.each([
    [8_000, 2_048],
    [2_048, 1_024],
  ])('SPEC 8.5.7 doubles for a caller that keeps up, while half of %i bytes is left', (grantedBytes, granted) => {
    const lone = asking({ limits: { answerCredit: 1_024, grantedBytes } });
    lone.peer.open({ name: 'x' });
    lone.sent();
    lone.feed(`1 4 0 command-response continuation ${OK}`);
    for (const bytes of [250, 250, 250, 250, 24 - OK_BYTES]) {
      lone.feedBytes(rawFrame(1, 4, 0, 3, 1, value(bytes)));
      lone.peer.taken(1, bytes);
    }
    const credits = lone.sentSession().map((frame) => Number(frame.split('cbor:')[1]));
    expect(credits.reduce((sum, credit) => sum + credit, 0)).toBe(granted);
  });

  it('SPEC 8.5.8 is not granted to an answer that has ended', () => {
    const lone = asking();
    lone.feed(`1 4 0 command-response continuation ${OK}`);
    lone.feedBytes(rawFrame(1, 4, 0, 3, 2, value(900)));
    lone.peer.taken(1, 900);
    expect(lone.sentSession()).toEqual([]);
  });

  it.each([
    [undefined, "cbor:{b'name': b'x'}"],
    [5_000, "cbor:{b'credit': 5000, b'name': b'x'}"],
    [1, "cbor:{b'credit': 1024, b'name': b'x'}"],
    [2_000.7, "cbor:{b'credit': 2000, b'name': b'x'}"],
    [1e9, "cbor:{b'credit': 16777216, b'name': b'x'}"],
  ])('SPEC 8.11.2 is asked for when the caller wants %s', (credit, map) => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x', ...(credit === undefined ? {} : { credit }) });
    expect(lone.sentSession()).toEqual([`1 3 stream-begin command-request new ${map}`]);
  });
});

describe('SPEC 8.5 credit of data', () => {
  it('SPEC 8.5.3 begins with 16,384 bytes', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x', hasData: true });
    lone.peer.sendData(1, new Uint8Array(50_000));
    const frames = lone.sentSession();
    expect(frames.map((frame) => frame.split(' ').slice(3, 5).join(' '))).toEqual([
      'command-request new|have-data',
      'command-data continuation',
    ]);
    lone.feed('1 4 0 credit 0 cbor:33616');
    lone.peer.endData(1);
    expect(lone.sentSession().at(-1)).toMatch(/^1 3 0 command-data eos /);
  });

  it('SPEC 8.5.5 breaks one byte past it', () => {
    const edge = taking();
    edge.feed('1 3 0 command-data continuation …x16384', '1 3 0 command-data eos ');
    expect(edge.fault).toBeUndefined();
    const past = taking();
    past.feed('1 3 0 command-data continuation …x16385');
    expect(past.fault).toMatchObject({ rule: '8.5.5', closeCode: 1002 });
  });

  it('SPEC 8.5.7 is what a slow command took, and grows for one that keeps up', () => {
    const lone = taking({ limits: { uploadWindow: 100_000 } });
    lone.feed('1 3 0 command-data continuation …x16384');
    lone.peer.dataTaken(1, 4_095);
    expect(lone.sentSession()).toEqual([]);
    lone.peer.dataTaken(1, 1);
    expect(lone.sentSession()).toEqual(['1 4 stream-begin credit 0 cbor:4096']);
    lone.peer.dataTaken(1, 12_288);
    expect(lone.sentSession()).toEqual([`1 4 0 credit 0 cbor:${100_000 - 4_096}`]);
  });

  it('SPEC 8.7.6 is granted in one frame while it waits', () => {
    const lone = taking();
    lone.feed('1 3 0 command-data continuation …x16384');
    lone.peer.dataTaken(1, 5_000);
    lone.peer.dataTaken(1, 5_000);
    expect(lone.sentSession()).toEqual(['1 4 stream-begin credit 0 cbor:10000']);
  });

  it('SPEC 8.5.8 is not granted to data that has ended, is refused, or whose answer has ended', () => {
    const [ended, refused, answeredFirst] = [taking(), taking(), taking()];
    ended.feed('1 3 0 command-data eos …x16384');
    for (const lone of [refused, answeredFirst]) lone.feed('1 3 0 command-data continuation …x16384');
    refused.peer.dataTaken(1, 8_000);
    refused.peer.refuseData(1);
    answeredFirst.peer.dataTaken(1, 8_000);
    answeredFirst.peer.endAnswer(1);
    for (const lone of [ended, refused, answeredFirst]) {
      lone.peer.dataTaken(1, 8_384);
      expect(lone.sentSession().filter((frame) => frame.includes('credit'))).toEqual([]);
    }
  });
});

describe('SPEC 8.5 credit between two peers', () => {
  it('SPEC 8.5.9 lets a command answer with its data as it comes, of more than all windows hold', async () => {
    const { clock, client } = pair({
      onServer: (event, peer) => {
        if (event.kind === 'data') peer.sendValue(event.id, event.bytes);
        if (event.kind === 'data-end') peer.endAnswer(event.id);
      },
      onClient: (event, peer) => {
        if (event.kind === 'upload-writable') fill(event.id, peer);
      },
    });
    let left = 40;
    const fill = (id: number, peer: typeof client.peer): void => {
      while (left-- > 0) if (!peer.sendData(id, new Uint8Array(30_000).fill(left))) return;
      peer.endData(id);
    };
    const id = client.peer.open({ name: 'back', hasData: true });
    fill(id, client.peer);
    await clock.settle();
    const back = client.values(id).reduce<number>((sum, piece) => sum + (piece as Uint8Array).length, 0);
    expect(back).toBe(1_200_000);
    expect(client.of('ended', id)).toHaveLength(1);
  });

  it('SPEC 8.5.4 stops a sender whose reader does not read, and harms no other', async () => {
    const { clock, client } = pair({
      onServer: (event, peer) => {
        if (event.kind !== 'request') return;
        for (let count = 0; count < 10; count++) peer.sendValue(event.id, new Uint8Array(1_000));
        peer.endAnswer(event.id);
      },
    });
    client.taking = false;
    const slow = client.peer.open({ name: 'slow', credit: 2_048 });
    await clock.settle();
    expect(client.values(slow)).toHaveLength(2);
    const quick = client.peer.open({ name: 'quick' });
    await clock.settle();
    expect(client.of('ended', quick)).toHaveLength(1);
    expect(client.values(slow)).toHaveLength(2);
    for (let taken = 0; taken < 10; taken++) {
      client.peer.taken(slow, 1_003);
      await clock.settle();
    }
    expect(client.values(slow)).toHaveLength(10);
    expect(client.of('ended', slow)).toHaveLength(1);
  });
});
