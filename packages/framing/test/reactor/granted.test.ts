import { describe, expect, it } from 'vitest';
import { fromHex } from '../frame/vectors.js';
import { type LoneOptions, LonePeer, rawFrame } from './lone-peer.js';

const OK = fromHex('a146737461747573426f6b');
const BOTH: readonly LoneOptions[] = [{ role: 'client' }, { role: 'client', dialect: 'exp-framing-0006' }];

/** The first bytes of a byte string of a megabyte. */
const partOfLong = (bytes: number): Uint8Array =>
  Uint8Array.from([...fromHex('5a00100000'), ...new Uint8Array(bytes - 5)]);

const respond = (lone: LonePeer, id: number, payload: Uint8Array, eos = false): void =>
  lone.feedBytes(rawFrame(id, lone.stream, 0, 3, eos ? 2 : 1, payload));

/** The credits that go out, by request. */
function grants(lone: LonePeer): Record<string, number> {
  const found = lone.sentSession().flatMap((frame) => {
    const [, id, amount] = /^(\d+) \S+ \S+ credit 0 cbor:(\d+)$/.exec(frame) ?? [];
    return id === undefined ? [] : [[id, Number(amount)]];
  });
  return Object.fromEntries(found) as Record<string, number>;
}

/** The credit each request asks for, undefined for that of the settings. */
function asked(lone: LonePeer): (number | undefined)[] {
  const requests = lone.sentSession().filter((frame) => frame.includes('command-request'));
  return requests.map((frame) => {
    const credit = /b'credit': (\d+)/.exec(frame)?.[1];
    return credit === undefined ? undefined : Number(credit);
  });
}

describe('SPEC 8.5.8, 9.1.10 bytes granted and not taken', () => {
  const limits = { grantedBytes: 25_000, answerCredit: 10_000 };
  const client = (): LonePeer => {
    const lone = new LonePeer({ role: 'client', limits });
    for (const name of ['a', 'b', 'c', 'd']) lone.peer.open({ name });
    expect(asked(lone)).toEqual([undefined, undefined, 5_000, 1_024]);
    for (const id of [1, 3, 5, 7]) respond(lone, id, OK);
    expect(grants(lone)).toEqual({});
    return lone;
  };

  it('have later requests ask for less, down to 1,024', () => {
    const lone = client();
    expect(lone.peer.open({ name: 'e' })).toBe(9);
    expect(asked(lone)).toEqual([1_024]);
  });

  it('are not granted past the limit, and what was held back comes when others give back', () => {
    const lone = client();
    const value = Uint8Array.from([...fromHex('5903e5'), ...new Uint8Array(997)]);
    respond(lone, 7, value);
    lone.peer.taken(7, 1_000);
    expect(grants(lone)).toEqual({});
    respond(lone, 1, new Uint8Array(0), true);
    expect(grants(lone)).toEqual({ 5: 5_011, 7: 4_998 });
    respond(lone, 5, value);
    lone.peer.taken(5, 1_000);
    expect(grants(lone)).toEqual({});
    respond(lone, 3, value);
    lone.peer.taken(3, 1_000);
    expect(grants(lone)).toEqual({ 7: 2_000 });
  });

  it('are not granted in pieces so small that they cost control budget', () => {
    const lone = new LonePeer({ role: 'client', limits: { grantedBytes: 10_500, answerCredit: 10_000 } });
    for (const name of ['a', 'b']) lone.peer.open({ name });
    expect(asked(lone)).toEqual([undefined, 1_024]);
    respond(lone, 1, OK);
    respond(lone, 3, OK);
    const value = Uint8Array.from([...fromHex('590bb5'), ...new Uint8Array(2_997)]);
    respond(lone, 1, value);
    lone.peer.taken(1, 3_000);
    for (const amount of Object.values(grants(lone))) expect(amount).toBeGreaterThanOrEqual(1_024);
  });

  it('count those of uploads and of answers together', () => {
    const lone = new LonePeer({ limits: { grantedBytes: 40_000, uploadWindow: 100_000 } });
    for (const id of [1, 3]) lone.feed(`${id} 3 0 command-request new|have-data cbor:{b'name': b'x'}`);
    lone.feed('1 3 0 command-data continuation …x16384');
    lone.peer.dataTaken(1, 16_384);
    expect(grants(lone)).toEqual({ 1: 40_000 - 16_384 });
    lone.feed('3 3 0 command-data continuation …x16384');
    lone.peer.dataTaken(3, 16_384);
    expect(grants(lone)).toEqual({ 3: 16_384 });
    lone.feed('1 3 0 command-data eos ');
    expect(grants(lone)).toEqual({ 3: 40_000 - 16_384 });
  });

  it('are given back by cancel, by failure and by the end', () => {
    const lone = new LonePeer({ role: 'client', limits: { grantedBytes: 10_000, answerCredit: 10_000 } });
    const openOne = (): number => {
      const id = lone.peer.open({ name: 'x' });
      expect(asked(lone)).toEqual([undefined]);
      return id;
    };
    lone.peer.cancel(openOne());
    respond(lone, openOne(), fromHex('ff'));
    respond(lone, openOne(), OK, true);
    lone.feed(`${openOne()} 4 0 error-response 0 cbor:{b'message': []}`);
    openOne();
    expect(lone.fault).toBeUndefined();
  });
});

describe.each(BOTH)('SPEC 9.1.10 incomplete values in %j', (options) => {
  it('that hold all there is fail with `too-big`, the longest first, and harm no other', () => {
    const lone = new LonePeer({ ...options, limits: { grantedBytes: 30_000, answerCredit: 10_000 } });
    for (const name of ['a', 'b', 'c']) lone.peer.open({ name });
    lone.sent();
    for (const id of [1, 3, 5]) respond(lone, id, OK);
    respond(lone, 1, partOfLong(9_900));
    respond(lone, 3, partOfLong(9_950));
    const rest = 30_000 - 1_024 - 9_900 - 9_950;
    respond(lone, 5, partOfLong(rest));
    expect(lone.of('failed')).toEqual([]);
    respond(lone, 5, new Uint8Array(1));
    expect(lone.of('failed').map(({ id, error }) => [id, error.code])).toEqual([[3, 'too-big']]);
    if (options.dialect === undefined) {
      expect(lone.sentSession()).toContainEqual(expect.stringMatching(/^3 .* cancel 0 cbor:\{b'code': b'too-big'\}$/));
    }
    respond(lone, 5, new Uint8Array(1));
    expect(lone.of('failed')).toHaveLength(1);
    expect(lone.fault).toBeUndefined();
    respond(lone, 3, new Uint8Array(0), true);
    lone.peer.open({ name: 'd' });
    lone.sent();
    respond(lone, 7, OK, true);
    expect(lone.kinds(7)).toEqual(['answering', 'ended']);
  });

  it('stop counting when they are complete', () => {
    const lone = new LonePeer({ ...options, limits: { grantedBytes: 3_000, answerCredit: 2_900 } });
    lone.peer.open({ name: 'a' });
    lone.sent();
    respond(lone, 1, OK);
    for (let round = 0; round < 20; round++) {
      respond(lone, 1, fromHex('590500'));
      respond(lone, 1, new Uint8Array(1_000));
      respond(lone, 1, new Uint8Array(280));
      lone.peer.taken(1, 1_283);
      lone.sent();
    }
    expect(lone.of('failed')).toEqual([]);
    expect(lone.values(1)).toHaveLength(20);
  });
});
