import { describe, expect, it } from 'vitest';
import { type Limits, type OutgoingRequest, type SlowMode, WiremuxError } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { type End, pair } from './harness.js';
import { LonePeer } from './lone-peer.js';

const STATUS_BYTES = 11;
const FAILED = new WiremuxError('command-failed', 'no');

/** A server whose command runs for request 1 with credit for its status and 1,013 bytes, which its first value has taken. */
function stalled(slow: string, limits: Partial<Limits> = {}): LonePeer {
  const lone = new LonePeer({ limits });
  lone.feed(`1 3 0 command-request new cbor:{b'credit': 1024, b'name': b'x', ${slow}}`);
  lone.peer.sendValue(1, new Uint8Array(1_024 - STATUS_BYTES - 3));
  expect(lone.sentSession()).toHaveLength(1);
  lone.events.length = 0;
  return lone;
}

/** Gives so many bytes of credit, and returns type, flags and payload of the frames that come. */
function granted(lone: LonePeer, bytes: number): string[] {
  lone.feed(`1 3 0 credit 0 cbor:${bytes}`);
  return lone.sentSession().map((frame) => frame.split(' ').slice(3).join(' '));
}

const tells = (dropped: number): string =>
  `progress 0 cbor:{b'pos': ${dropped}, b'topic': b'wiremux.dropped', b'total': 0}`;

describe('SPEC 8.11.17 values that wait at their answerer', () => {
  it.each([
    ["b'slow': b'latest'", 1],
    ["b'slow': b'latest', b'keep': 3", 3],
    ["b'slow': b'drop', b'keep': 3", 3],
    ["b'slow': b'drop'", 1_024],
  ])('SPEC 8.11.16, 9.1.31 with %s are the newest %s', (slow, keep) => {
    const lone = stalled(slow);
    for (let value = 0; value < keep; value++) lone.peer.sendValue(1, 7);
    for (let value = 0; value < keep; value++) lone.peer.sendValue(1, 8);
    lone.peer.endAnswer(1);
    expect(lone.sentSession()).toEqual([]);
    const payload = keep === 1 ? 'cbor:8' : '\\x08'.repeat(keep);
    expect(granted(lone, keep)).toEqual([tells(keep), `command-response eos ${payload}`]);
  });

  it('SPEC 9.1.31 lose none while there are no more than may wait', () => {
    const lone = stalled("b'slow': b'drop'");
    for (let value = 0; value < 1_024; value++) lone.peer.sendValue(1, 7);
    lone.peer.endAnswer(1);
    expect(granted(lone, 2_000)).toEqual([`command-response eos ${'\\x07'.repeat(1_024)}`]);
  });

  it('wait with `block`, whatever is to be kept', () => {
    const lone = stalled("b'slow': b'block', b'keep': 1");
    for (const value of [1, 2, 3]) lone.peer.sendValue(1, value);
    expect(granted(lone, 100)).toEqual(['command-response continuation \\x01\\x02\\x03']);
  });

  it('are finished once a byte of them was scheduled', () => {
    const lone = stalled("b'slow': b'latest'");
    lone.peer.sendValue(1, 'x'.repeat(5));
    expect(granted(lone, 2)).toEqual(['command-response continuation ex']);
    for (const value of [1, 2, 3]) lone.peer.sendValue(1, value);
    expect(granted(lone, 2)).toEqual([tells(2), 'command-response continuation xx']);
    lone.peer.sendValue(1, 4);
    expect(granted(lone, 2)).toEqual([tells(3), 'command-response continuation xx']);
    lone.peer.endAnswer(1);
    expect(granted(lone, 2)).toEqual(['command-response eos cbor:4']);
  });

  it('go uncopied where they are long, and are dropped whole', () => {
    const lone = stalled("b'slow': b'latest'");
    for (const fill of [1, 2]) lone.peer.sendValue(1, new Uint8Array(5_000).fill(fill));
    lone.peer.endAnswer(1);
    const value = `cbor:b'${'\\x02'.repeat(5_000)}'`;
    expect(granted(lone, 10_000)).toEqual([tells(1), `command-response eos ${value}`]);
  });

  it('never include the status, the end or an error', () => {
    const lone = new LonePeer();
    lone.feed("1 3 0 command-request new cbor:{b'name': b'x', b'slow': b'latest'}");
    for (const value of [1, 2, 3]) lone.peer.sendValue(1, value);
    lone.peer.failAnswer(1, FAILED);
    expect(lone.sentSession().map((frame) => frame.split(' ').slice(3, 5).join(' '))).toEqual([
      'progress 0',
      'command-response continuation',
      'error-response 0',
    ]);
  });

  it('SPEC 9.1.18 go, the oldest first, while as many bytes wait as may', () => {
    const lone = stalled("b'slow': b'drop'", { sendQueue: 3_000 });
    for (const fill of [1, 2, 3, 4]) lone.peer.sendValue(1, new Uint8Array(997).fill(fill));
    lone.peer.endAnswer(1);
    const [first, rest] = granted(lone, 10_000);
    expect(first).toBe(tells(1));
    expect(rest?.match(/(?:\\x02){997}.*(?:\\x03){997}.*(?:\\x04){997}$/)).toBeTruthy();
    expect(rest).not.toContain('\\x01\\x01');
  });

  it('do not hold their command up, which is told of room for its own sake', () => {
    const lone = stalled("b'slow': b'drop', b'keep': 4");
    expect([1, 2, 3, 4, 5].map((value) => lone.peer.sendValue(1, value))).toEqual([true, true, true, false, false]);
    granted(lone, 1);
    expect(lone.of('answer-writable')).toEqual([]);
    granted(lone, 1);
    expect(lone.of('answer-writable')).toMatchObject([{ id: 1 }]);
  });

  it('find no room past the high-water mark either', () => {
    const lone = stalled("b'slow': b'drop'", { sendQueueHighWater: 2_000 });
    expect([1, 2].map(() => lone.peer.sendValue(1, new Uint8Array(997)))).toEqual([true, false]);
    granted(lone, 999);
    expect(lone.of('answer-writable')).toEqual([]);
    granted(lone, 1);
    expect(lone.of('answer-writable')).toHaveLength(1);
  });

  it('SPEC 8.6.3 are gone after a cancel', () => {
    const lone = stalled("b'slow': b'drop'");
    lone.peer.sendValue(1, 1);
    lone.feed('1 3 0 cancel 0 ');
    lone.peer.stopped(1);
    expect(lone.sentSession()).toEqual([expect.stringMatching(/ cancel ack cbor:\{b'result': b'stopped'\}$/)]);
  });
});

describe('SPEC 8.11.19 `fail`', () => {
  it.each([1, 3])('ends the request past %s values, behind what was scheduled', (keep) => {
    const lone = stalled(`b'slow': b'fail', b'keep': ${keep}`);
    for (let value = 0; value < keep; value++) lone.peer.sendValue(1, value);
    expect(() => lone.peer.sendValue(1, 9)).toThrow(expect.objectContaining({ code: 'slow-reader' }));
    lone.peer.failAnswer(1, FAILED);
    expect(lone.sentSession().map((frame) => frame.split(' ')[3])).toEqual(['error-response']);
  });

  it('SPEC 9.1.18 drops nothing for the bytes that wait', () => {
    const lone = stalled("b'slow': b'fail'", { sendQueue: 2_000 });
    for (let value = 0; value < 2; value++) lone.peer.sendValue(1, new Uint8Array(997));
    expect(() => lone.peer.sendValue(1, 9)).toThrow(expect.objectContaining({ code: 'slow-reader' }));
  });
});

describe('SPEC 8.11.20 a byte string that is sent in pieces', () => {
  it('is kept with what waits before it, and waits for room', () => {
    const lone = stalled("b'slow': b'latest'", { sendQueueHighWater: 8 });
    for (const value of [1, 2]) lone.peer.sendValue(1, value);
    expect(lone.peer.beginBytes(1)).toBe(true);
    expect(lone.peer.sendBytes(1, new Uint8Array(3))).toBe(true);
    expect(lone.peer.sendBytes(1, new Uint8Array(3))).toBe(false);
    lone.peer.endBytes(1);
    for (const value of [3, 4]) lone.peer.sendValue(1, value);
    lone.peer.endAnswer(1);
    expect(granted(lone, 100)).toEqual([
      tells(2),
      'command-response eos \\x02_C\\x00\\x00\\x00C\\x00\\x00\\x00\\xff\\x04',
    ]);
  });

  it('SPEC 9.1.18 cannot be dropped for the bytes that wait', () => {
    const lone = stalled("b'slow': b'drop'", { sendQueue: 1_000 });
    lone.peer.beginBytes(1, 2_000);
    lone.peer.sendBytes(1, new Uint8Array(2_000));
    expect(() => lone.peer.endBytes(1)).toThrow(expect.objectContaining({ code: 'slow-reader' }));
  });
});

describe('SPEC 8.11.21 the count of values dropped', () => {
  it('is the newest, once before each frame of values, and before the end', () => {
    const lone = stalled("b'slow': b'latest'");
    for (const value of [1, 2, 3]) lone.peer.sendValue(1, value);
    expect(lone.sentSession()).toEqual([]);
    expect(granted(lone, 1)).toEqual([tells(2), 'command-response continuation cbor:3']);
    lone.peer.sendValue(1, 4);
    expect(granted(lone, 1)).toEqual(['command-response continuation cbor:4']);
    lone.peer.endAnswer(1);
    expect(granted(lone, 1)).toEqual(['command-response eos ']);
  });

  it('SPEC 8.7.7 does not keep values from going where the window lets out one frame at a time', () => {
    const lone = new LonePeer({ acks: false, limits: { sendWindow: 131_072 } });
    lone.feed("1 3 0 command-request new cbor:{b'credit': 16777216, b'name': b'x', b'slow': b'latest'}");
    lone.peer.sendValue(1, new Uint8Array(200_000));
    lone.sent();
    const kinds: (string | undefined)[] = [];
    for (let round = 1; round <= 6; round++) {
      for (const value of [1, 2]) lone.peer.sendValue(1, value);
      // The one before is acknowledged, which makes room for the next.
      lone.feed(`0 1 0 ack 0 cbor:${lone.peer.inspect(peerStats).frames.out - 3}`);
      kinds.push(...lone.sentSession().map((frame) => frame.split(' ')[3]));
    }
    const counts = kinds.filter((kind) => kind === 'progress').length;
    expect(counts).toBeGreaterThan(0);
    expect(kinds.length - counts).toBeGreaterThanOrEqual(counts - 1);
  });

  it('goes ahead of an error, which then has its turn behind it', () => {
    const lone = stalled("b'slow': b'latest'");
    lone.peer.sendValue(1, 1);
    lone.peer.beginBytes(1, 2_000);
    lone.peer.sendBytes(1, new Uint8Array(2_000));
    lone.peer.failAnswer(1, FAILED);
    expect(granted(lone, 4_000).map((body) => body.split(' ')[0])).toEqual(['command-response', 'error-response']);
  });

  it('is no progress of the command, nor can that use its topic', async () => {
    const { id, client, server, settle } = await opened({ slow: 'latest' });
    server.peer.sendProgress(id, { topic: 'wiremux.dropped', pos: 7, total: 0 });
    server.peer.sendProgress(id, { topic: 'mine', pos: 1, total: 2 });
    for (const value of [1, 2, 3]) server.peer.sendValue(id, value);
    server.peer.endAnswer(id);
    await settle();
    expect(client.of('progress').map(({ update }) => update.topic)).toEqual(['mine']);
    expect(client.of('dropped')).toEqual([{ kind: 'dropped', id, total: 2 }]);
  });

  it('has in it what was dropped before the values came to who passes them on', () => {
    const lone = stalled("b'slow': b'latest'");
    for (const value of [1, 2, 3]) lone.peer.sendValue(1, value);
    lone.peer.addDropped(1, 40);
    lone.peer.addDropped(3, 1);
    expect(granted(lone, 1)).toEqual([tells(42), 'command-response continuation cbor:3']);
  });

  it('is never below 0', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x', slow: 'latest' });
    lone.sent();
    lone.feed("1 4 0 progress 0 cbor:{b'pos': -1, b'topic': b'wiremux.dropped'}");
    expect(lone.of('dropped')).toMatchObject([{ total: 0 }]);
  });

  it('is a topic as any other in dialects that have no `slow`', () => {
    const lone = new LonePeer({ role: 'client', dialect: 'exp-framing-0006' });
    lone.peer.open({ name: 'x', slow: 'latest' });
    lone.sent();
    lone.feed(`1 ${lone.stream} 0 progress 0 cbor:{b'pos': 1, b'topic': b'wiremux.dropped'}`);
    expect(lone.of('progress')).toMatchObject([{ update: { topic: 'wiremux.dropped', pos: 1 } }]);
  });
});

/** One request between two peers whose consumer takes nothing by itself. */
async function opened(
  request: Partial<OutgoingRequest>,
): Promise<{ id: number; client: End; server: End; settle: () => Promise<void>; take: () => void }> {
  const { clock, client, server } = pair();
  client.taking = false;
  await clock.settle();
  const id = client.peer.open({ name: 'x', ...request });
  await clock.settle();
  let seen = 0;
  return {
    id,
    client,
    server,
    settle: () => clock.settle(),
    take() {
      const sizes = client.of('values', id).flatMap((event) => event.sizes);
      client.peer.taken(
        id,
        sizes.slice(seen).reduce((sum, size) => sum + size, 0),
      );
      seen = sizes.length;
    },
  };
}

describe('SPEC 8.11.22 credit of an answer that does not wait', () => {
  it.each([
    ["b'slow': b'latest'", 16_384],
    ["b'slow': b'drop'", 16_384],
    ["b'slow': b'fail'", 16_384],
    ["b'slow': b'block'", 50_000],
    ["b'keep': 5", 50_000],
    ["b'credit': 100000, b'slow': b'latest'", 100_000],
  ])('SPEC 8.5.3 with %s begins with %s', (extras, begins) => {
    const lone = new LonePeer({ settings: "{b'wiremux': {b'credit': 50000}}" });
    lone.feed(`1 3 0 command-request new cbor:{b'name': b'x', ${extras}}`);
    lone.peer.sendValue(1, new Uint8Array(300_000));
    lone.sent();
    expect(lone.peer.inspect(peerStats).requests[0]?.bytes).toBe(begins);
  });

  it.each([
    [{ slow: 'latest' }, "{b'name': b'x', b'slow': b'latest'}"],
    [{ slow: 'drop', keep: 5, credit: 16_384 }, "{b'keep': 5, b'name': b'x', b'slow': b'drop'}"],
    [{ slow: 'fail', credit: 262_144 }, "{b'credit': 262144, b'name': b'x', b'slow': b'fail'}"],
    [{ slow: 'block' }, "{b'name': b'x'}"],
    [{}, "{b'name': b'x'}"],
  ] as [Partial<OutgoingRequest>, string][])('is asked for with %j as %s', (request, map) => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x', ...request });
    expect(lone.sentSession()).toEqual([expect.stringContaining(`command-request new cbor:${map}`)]);
  });

  it('SPEC 8.11.15 does not exist in other dialects', () => {
    const lone = new LonePeer({ role: 'client', dialect: 'exp-framing-0006' });
    lone.peer.open({ name: 'x', slow: 'drop', keep: 5 });
    expect(lone.sentSession().at(-1)).toContain("command-request new cbor:{b'name': b'x'}");
  });

  it.each([
    { slow: 'sometimes' as SlowMode },
    { keep: 0 },
    { keep: 65_537 },
    { slow: 'drop' as const, keep: 1.5 },
    { slow: 'drop' as const, keep: Number.NaN },
  ])('SPEC 8.11.16 refuses %j', (request) => {
    const lone = new LonePeer({ role: 'client' });
    expect(() => lone.peer.open({ name: 'x', ...request })).toThrow(expect.objectContaining({ code: 'bad-arguments' }));
  });

  it('SPEC 9.1.31 takes 65,536 values to keep', () => {
    const lone = new LonePeer({ role: 'client' });
    expect(lone.peer.open({ name: 'x', slow: 'drop', keep: 65_536 })).toBe(1);
  });
});

describe('SPEC 8.11.17 10,000 values for a consumer that stalls now and then', () => {
  it.each([
    ['latest', 1],
    ['drop', 50],
  ] as [SlowMode, number][])('with %s are received or counted, each of them', async (slow, keep) => {
    const { id, client, server, settle, take } = await opened({ slow, keep, credit: 1_024 });
    let most = 0;
    for (let value = 0; value < 10_000; value++) {
      server.peer.sendValue(id, value);
      if (value % 10 === 0) await settle();
      if (value % 1_000 === 999) take();
      most = Math.max(most, ...server.peer.inspect(peerStats).streams.map(({ queued }) => queued));
    }
    server.peer.endAnswer(id);
    for (let turn = 0; client.of('ended').length === 0 && turn < 100; turn++) {
      take();
      await settle();
    }
    const received = client.values(id) as number[];
    expect(received.length + (client.of('dropped').at(-1)?.total ?? 0)).toBe(10_000);
    expect(received.length).toBeLessThan(9_000);
    expect(received.at(-1)).toBe(9_999);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(most).toBeLessThanOrEqual((keep + 1) * 3 + STATUS_BYTES);
    expect(client.events.at(-1)).toEqual({ kind: 'ended', id });
  });
});
