import { describe, expect, it } from 'vitest';
import { WiremuxError } from '../../src/index.js';
import { type LoneOptions, LonePeer } from './lone-peer.js';

const OLD: LoneOptions = { dialect: 'exp-framing-0006' };
const BOTH: readonly LoneOptions[] = [{}, OLD];

const give = (lone: LonePeer, ...frames: string[]): void =>
  lone.feed(...frames.map((frame) => frame.replace(' S ', ` ${lone.stream} `)));

const call = (id: number, flags = 'new'): string => `${id} S 0 command-request ${flags} cbor:{b'name': b'x'}`;
const opening = (id: number): string => `${id} S 0 command-request new|more \\xa1`;

/** The codes (or the texts, where there are none) of the answers that failed, by request. */
function refusals(lone: LonePeer): Record<string, string> {
  const errors = lone.sentSession().flatMap((frame) => {
    const [, id, code] = /^(\d+) .*?b'error': \{(?:b'code': b'([a-z-]+)')?/.exec(frame) ?? [];
    return id === undefined ? [] : [[id, code ?? 'refused']];
  });
  return Object.fromEntries(errors) as Record<string, string>;
}

describe.each(BOTH)('SPEC 9.1 limits of requests in %j', (options) => {
  const code = (name: string): string => (options.dialect ? 'refused' : name);

  /** The connection lives, and other requests are answered. */
  function expectUnharmed(lone: LonePeer, id: number): void {
    give(lone, call(id));
    expect(lone.fault).toBeUndefined();
    lone.peer.endAnswer(id);
    expect(lone.sentSession().at(-1)).toMatch(new RegExp(`^${id} .* command-response eos `));
  }

  it('SPEC 9.1.2, 9.1.17 a request map, in one frame', () => {
    const lone = new LonePeer({ ...options, limits: { requestMap: 8 } });
    give(lone, call(1), "3 S 0 command-request new cbor:{b'name': b'xy'}");
    expect(lone.of('request').map(({ id }) => id)).toEqual([1]);
    expect(refusals(lone)).toEqual({ 3: code('too-big') });
    expectUnharmed(lone, 3);
  });

  it('SPEC 9.1.2, 9.1.17 a request map, in several: the rest is read and discarded', () => {
    const lone = new LonePeer({ ...options, limits: { requestMap: 8 } });
    give(
      lone,
      '1 S 0 command-request new|more \\xa1\\x44',
      '3 S 0 command-request new|more|have-data \\xa1\\x44',
      '1 S 0 command-request continuation name\\x41x',
      '3 S 0 command-request continuation|more|have-data name\\x42xy',
    );
    expect(lone.of('request').map(({ id }) => id)).toEqual([1]);
    expect(refusals(lone)).toEqual({ 3: code('too-big') });
    give(
      lone,
      '3 S 0 command-request continuation|more|have-data …x500',
      '3 S 0 command-request continuation|have-data z',
    );
    give(lone, '3 S 0 command-data continuation abc', '3 S 0 command-data eos ');
    expectUnharmed(lone, 3);
  });

  it('SPEC 9.1.3 all request maps on their way', () => {
    const lone = new LonePeer({ ...options, limits: { requestMaps: 10 } });
    give(lone, '1 S 0 command-request new|more …a5', '3 S 0 command-request new|more …b5');
    expect(refusals(lone)).toEqual({});
    give(lone, '5 S 0 command-request new|more c');
    expect(refusals(lone)).toEqual({ 5: code('too-big') });
    give(lone, '5 S 0 command-request continuation c', call(7));
    expect(lone.of('request').map(({ id }) => id)).toEqual([7]);
    expectUnharmed(lone, 5);
  });

  it('SPEC 9.1.3 gives the bytes back when a map is whole, refused or cancelled', () => {
    const lone = new LonePeer({ ...options, limits: { requestMaps: 16, requestMap: 12 } });
    for (let round = 0; round < 10; round++) {
      give(lone, '1 S 0 command-request new|more \\xa1\\x44', '1 S 0 command-request continuation name\\x41x');
      give(lone, '3 S 0 command-request new|more …a12', '3 S 0 command-request continuation …a12');
      if (!options.dialect) give(lone, '5 S 0 command-request new|more …a12', '5 S 0 cancel 0 ');
      lone.peer.endAnswer(1);
      lone.sent();
    }
    expect(lone.fault).toBeUndefined();
    expect(lone.of('request')).toHaveLength(10);
  });

  it('SPEC 9.1.4 requests whose map is incomplete; those of one frame are not', () => {
    const lone = new LonePeer({ ...options, limits: { openingRequests: 2 } });
    give(lone, opening(1), opening(3), call(5), opening(7));
    expect(lone.of('request').map(({ id }) => id)).toEqual([5]);
    expect(refusals(lone)).toEqual({ 7: code('too-many-requests') });
    give(
      lone,
      '1 S 0 command-request continuation \\x44name\\x41x',
      '7 S 0 command-request continuation x',
      opening(7),
    );
    expect(refusals(lone)).toEqual({});
    expectUnharmed(lone, 9);
  });

  it('SPEC 9.1.4 is 128 by default', () => {
    const lone = new LonePeer(options);
    give(lone, ...Array.from({ length: 129 }, (_, at) => opening(1 + 2 * at)));
    expect(refusals(lone)).toEqual({ 257: code('too-many-requests') });
  });

  it('SPEC 9.1.5, 8.4.10 open requests', () => {
    const lone = new LonePeer({ ...options, limits: { openRequests: 2 } });
    give(lone, call(1), call(3, 'new|have-data'), call(5), call(7, 'new|have-data'));
    expect(lone.of('request').map(({ id }) => id)).toEqual([1, 3]);
    expect(refusals(lone)).toEqual({ 5: code('too-many-requests'), 7: code('too-many-requests') });
    give(lone, '7 S 0 command-data eos abc');
    lone.peer.endAnswer(1);
    lone.sent();
    expectUnharmed(lone, 1);
  });

  it('SPEC 9.1.5 is 1,024 by default', () => {
    const lone = new LonePeer(options);
    give(lone, ...Array.from({ length: 1_025 }, (_, at) => call(1 + 2 * at)));
    expect(lone.of('request')).toHaveLength(1_024);
    expect(refusals(lone)).toEqual({ 2049: code('too-many-requests') });
  });

  it.each([
    ['9.1.7', { cborDepth: 3 }, "{b'a': [7]}", "{b'a': [[7]]}"],
    ['9.1.8', { cborItems: 9 }, "{b'a': [1, 2]}", "{b'a': [1, 2, 3]}"],
    ['9.1.9', { valueBytes: 21 }, "{b'a': b'1234'}", "{b'a': b'12345'}"],
  ])('SPEC 9.1.7, 9.1.8, 9.1.9 what a request map may be (%s)', (_, limits, fits, past) => {
    const lone = new LonePeer({ ...options, limits });
    const withArgs = (args: string): string => `cbor:{b'args': ${args}, b'name': b'x'}`;
    give(lone, `1 S 0 command-request new ${withArgs(fits)}`, `3 S 0 command-request new ${withArgs(past)}`);
    expect(lone.of('request').map(({ id }) => id)).toEqual([1]);
    expect(refusals(lone)).toEqual({ 3: code('too-big') });
    expectUnharmed(lone, 3);
  });
});

describe('SPEC 9.1.14, 9.1.16 the control budget', () => {
  const budget = { controlBudget: 3, controlRefill: 1 };
  const begun: readonly string[] = [call(1, 'new|have-data'), call(3)];

  /** A server with two requests open and a budget of 3; request 3 has had credit of 1,024 from the start. */
  function server(): LonePeer {
    const lone = new LonePeer({ limits: budget });
    give(lone, ...begun, "5 S 0 command-request new cbor:{b'credit': 1024, b'name': b'x'}");
    return lone;
  }

  const costing: Readonly<Record<string, () => string>> = {
    'a ping': () => "0 1 0 ping 0 cbor:b''",
    'an ack that does not advance': () => '0 1 0 ack 0 cbor:0',
    'a grant under 1 KiB': () => '3 S 0 credit 0 cbor:1023',
    'an empty data frame that ends nothing': () => '1 S 0 command-data continuation ',
    'an empty piece of a map': () => `${freshId()} S 0 command-request new|more `,
    'an empty piece of stream settings': () => '0 S 0 stream-settings continuation ',
    'a refused request': () => `${freshId()} S 0 command-request new cbor:{b'name': b'x', b'credit': 0}`,
  };
  let lastId = 99;
  const freshId = (): number => {
    lastId += 2;
    return lastId;
  };

  it.each(Object.entries(costing))('is spent by %s', (what, frame) => {
    const lone = what.includes('stream settings') ? new LonePeer({ limits: budget, stream: false }) : server();
    if (what.includes('stream settings')) give(lone, '0 S stream-begin stream-settings continuation \\x48');
    for (let cost = 0; cost < 3; cost++) give(lone, frame());
    expect(lone.fault).toBeUndefined();
    give(lone, frame());
    expect(lone.fault).toMatchObject({ rule: '9.1.14', closeCode: 4429 });
    lone.sent();
    expect(lone.sent()).toEqual([]);
  });

  it('is spent by a cancel before the first value, and not by one after it', () => {
    const early = new LonePeer({ limits: budget });
    for (let round = 0; round < 4; round++) {
      expect(early.fault).toBeUndefined();
      give(early, call(1), '1 S 0 cancel 0 ');
      early.peer.stopped(1);
      early.sent();
    }
    expect(early.fault).toMatchObject({ rule: '9.1.14', closeCode: 4429 });
    const later = new LonePeer({ limits: budget });
    for (let round = 0; round < 10; round++) {
      give(later, call(1));
      later.peer.sendValue(1, 1);
      later.sent();
      give(later, '1 S 0 cancel 0 ');
      later.peer.stopped(1);
      later.sent();
    }
    expect(later.fault).toBeUndefined();
  });

  it('is spent by empty answer frames that end nothing, and by settings in empty pieces', () => {
    const client = new LonePeer({ role: 'client', limits: budget });
    client.peer.open({ name: 'x' });
    client.sent();
    for (let cost = 0; cost < 4; cost++) give(client, '1 S 0 command-response continuation ');
    expect(client.fault).toMatchObject({ closeCode: 4429 });
    const fresh = new LonePeer({ settings: null, limits: budget });
    fresh.feed('0 1 stream-begin sender-protocol-settings continuation ');
    for (let cost = 0; cost < 3; cost++) fresh.feed('0 1 0 sender-protocol-settings continuation ');
    expect(fresh.fault).toMatchObject({ closeCode: 4429 });
  });

  it.each(['unknown-command', 'bad-arguments', 'not-allowed', 'too-many-requests'])(
    'is spent by a request that the application refuses with `%s`, and not by one that fails later',
    (refusal) => {
      const lone = new LonePeer({ limits: budget });
      const error = new WiremuxError(refusal, 'no');
      for (let round = 0; round < 10; round++) {
        give(lone, call(1));
        lone.peer.sendValue(1, 1);
        lone.peer.failAnswer(1, error);
        lone.sent();
      }
      for (let round = 0; round < 4; round++) {
        expect(lone.fault).toBeUndefined();
        give(lone, call(1));
        lone.peer.failAnswer(1, error);
        lone.sent();
      }
      expect(lone.fault).toMatchObject({ rule: '9.1.14', closeCode: 4429 });
    },
  );

  it('is not spent by anything else', () => {
    const lone = server();
    lone.peer.endAnswer(3);
    lone.peer.sendValue(5, 1);
    lone.sent();
    for (let round = 0; round < 20; round++) {
      give(lone, '5 S 0 credit 0 cbor:1', '1 S 0 credit 0 cbor:1024', '99 S 0 credit 0 cbor:1', '99 S 0 cancel 0 ');
      give(lone, '1 S 0 command-data continuation x');
    }
    give(lone, '0 1 0 ack 0 cbor:1', '0 1 0 ack 0 cbor:2', '1 S 0 command-data eos ');
    expect(lone.fault).toBeUndefined();
  });

  it('refills with time', () => {
    const lone = new LonePeer({ limits: budget });
    const ping = "0 1 0 ping 0 cbor:b''";
    for (let second = 0; second < 10; second++) {
      give(lone, ...(second === 0 ? [ping, ping, ping] : [ping]));
      lone.wait(1_000);
    }
    expect(lone.fault).toBeUndefined();
    give(lone, ping, ping);
    expect(lone.fault?.closeCode).toBe(4429);
  });

  it('is 2,000, refilled by 200 a second, by default', () => {
    const lone = new LonePeer();
    const ping = "0 1 0 ping 0 cbor:b''";
    give(lone, ...Array.from({ length: 2_000 }, () => ping));
    lone.wait(1_000);
    give(lone, ...Array.from({ length: 200 }, () => ping));
    expect(lone.fault).toBeUndefined();
    give(lone, ping);
    expect(lone.fault?.closeCode).toBe(4429);
  });

  it('is counted by servers in 0006, and not by clients, whose servers may send empty frames', () => {
    const old = new LonePeer({ ...OLD, limits: budget });
    for (let cost = 0; cost < 4; cost++) give(old, '1 S 0 command-request new|more '.replace('1', `${1 + 2 * cost}`));
    expect(old.fault).toMatchObject({ rule: '9.1.14', closeCode: 4429 });
    expect(old.sent()).toEqual([]);
    const client = new LonePeer({ ...OLD, role: 'client', limits: budget });
    client.peer.open({ name: 'x' });
    client.sent();
    for (let count = 0; count < 100; count++) give(client, '1 S 0 command-response continuation ');
    give(client, "1 S 0 command-response eos cbor:{b'status': b'ok'}");
    expect(client.kinds(1)).toEqual(['answering', 'ended']);
  });
});
