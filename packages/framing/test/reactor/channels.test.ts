import { describe, expect, it } from 'vitest';
import { WiremuxError } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { LonePeer } from './lone-peer.js';

const call = (id: number, extra = ''): string => `${id} 3 0 command-request new cbor:{${extra}b'name': b'x'}`;
const BIG_CREDIT = { settings: "{b'wiremux': {b'credit': 16777216}}" };

/** Request ids of the frames of one kind, in the order they go. */
function order(lone: LonePeer, type = 'command-response'): number[] {
  const frames = lone.sentSession().map((frame) => frame.split(' '));
  return frames.filter((fields) => fields[3] === type).map(([id]) => Number(id));
}

describe('SPEC 8.12.1 channels', () => {
  it('have a stream each, which begins with its first frame', () => {
    const lone = new LonePeer();
    lone.feed(call(1), call(3, "b'channel': b'bulk', "), call(5), call(7, "b'channel': b'bulk', "), '9 3 0 cancel 0 ');
    for (const id of [1, 3, 5, 7]) lone.peer.endAnswer(id);
    const streams = lone.sentSession().map((frame) => frame.split(' ').slice(0, 3).join(' '));
    expect(streams).toEqual(['1 4 stream-begin', '5 4 0', '3 6 stream-begin', '7 6 0']);
    expect(lone.peer.inspect(peerStats).streams.filter(({ direction }) => direction === 'out')).toMatchObject([
      { stream: 2, name: 'link' },
      { stream: 4, name: 'default' },
      { stream: 6, name: 'bulk' },
    ]);
  });

  it('are one in 0006', () => {
    const lone = new LonePeer({ dialect: 'exp-framing-0006' });
    lone.feed(call(1).replace(' 3 ', ' 1 '), call(3).replace(' 3 0', ' 1 0'));
    lone.peer.useChannel(3, 'bulk');
    for (const id of [1, 3]) lone.peer.endAnswer(id);
    expect(lone.sent().map((frame) => frame.split(' ')[1])).toEqual(['2', '2']);
  });

  it.each([
    ["b'channel': b'bulk', ", undefined, 'bulk'],
    ["b'channel': b'no such', ", undefined, 'default'],
    ["b'channel': b'control', ", undefined, 'default'],
    ['', undefined, 'default'],
    ['', 'bulk', 'bulk'],
    ["b'channel': b'bulk', ", 'default', 'default'],
    ['', 'no such', 'default'],
    ['', 'control', 'default'],
  ])('SPEC 8.11.1 go by the request (%s) and by the application (%s): %s', (asked, used, name) => {
    const lone = new LonePeer();
    lone.feed(call(1, asked));
    expect(lone.of('request')[0]?.channel).toBe(/b'([a-z ]+)',/.exec(asked)?.[1]);
    if (used !== undefined) lone.peer.useChannel(1, used);
    expect(lone.peer.inspect(peerStats).requests).toMatchObject([{ channel: name }]);
  });

  it('do not change once something was queued', () => {
    const lone = new LonePeer();
    lone.feed(call(1), call(3));
    lone.peer.sendOutput(1, [{ text: 'm', args: [], labels: [] }]);
    lone.peer.useChannel(1, 'bulk');
    lone.peer.sendValue(3, 1);
    lone.peer.useChannel(3, 'bulk');
    expect(lone.peer.inspect(peerStats).requests).toMatchObject([{ channel: 'default' }, { channel: 'default' }]);
  });

  it('SPEC 8.11.1 are asked for by an opener, and used for its own frames where it has them', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x', channel: 'bulk' });
    lone.peer.open({ name: 'y', channel: 'other' });
    expect(lone.sentSession()).toEqual([
      "1 3 stream-begin command-request new cbor:{b'channel': b'bulk', b'name': b'x'}",
      "3 5 stream-begin command-request new cbor:{b'channel': b'other', b'name': b'y'}",
    ]);
  });

  it('are those of the options, with `control` always there', () => {
    const channels = [
      { name: 'default', weight: 1 },
      { name: 'logs', weight: 2 },
    ];
    const lone = new LonePeer({ channels });
    lone.feed(call(1, "b'channel': b'logs', "), call(3, "b'channel': b'bulk', "));
    expect(lone.peer.inspect(peerStats).requests).toMatchObject([{ channel: 'logs' }, { channel: 'default' }]);
    const withControl = [...channels, { name: 'control', weight: 1 }];
    expect(() => new LonePeer({ channels: withControl })).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(() => new LonePeer({ channels: [] })).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

describe('SPEC 8.12 the order of frames', () => {
  it('SPEC 8.12.4 gives requests of one channel turns, frame by frame', () => {
    const lone = new LonePeer(BIG_CREDIT);
    lone.feed(call(1), call(3));
    lone.peer.sendValue(1, new Uint8Array(200_000));
    lone.peer.sendValue(3, new Uint8Array(200_000));
    expect(order(lone).slice(0, 6)).toEqual([1, 3, 1, 3, 1, 3]);
  });

  it('SPEC 8.12.4 lets a small answer pass a large one', () => {
    const lone = new LonePeer(BIG_CREDIT);
    lone.feed(call(1), call(3));
    lone.peer.sendValue(1, new Uint8Array(1_000_000));
    lone.takeMessage();
    lone.peer.sendValue(3, 'small');
    lone.peer.endAnswer(3);
    expect(order(lone).indexOf(3)).toBeLessThan(2);
  });

  it('SPEC 8.12.3 shares between channels by their weights', () => {
    const lone = new LonePeer(BIG_CREDIT);
    lone.feed(call(1), call(3, "b'channel': b'bulk', "));
    for (const id of [1, 3]) lone.peer.sendValue(id, new Uint8Array(3_000_000));
    const firsts = order(lone).slice(0, 40);
    const bulk = firsts.filter((id) => id === 3).length;
    expect(bulk).toBeGreaterThanOrEqual(7);
    expect(bulk).toBeLessThanOrEqual(9);
  });

  it('SPEC 8.12.2 puts credit and cancels before all data', () => {
    const lone = new LonePeer(BIG_CREDIT);
    lone.feed(
      call(1),
      call(3).replace('new', 'new|have-data'),
      '3 3 0 command-data continuation …x16384',
      call(5),
      '5 3 0 cancel 0 ',
    );
    lone.peer.sendValue(1, new Uint8Array(200_000));
    lone.peer.dataTaken(3, 16_384);
    lone.peer.stopped(5);
    const [first, second] = lone.sentSession();
    expect(first).toMatch(/^3 4 stream-begin credit /);
    expect(second).toMatch(/^5 4 0 cancel ack /);
  });

  it('SPEC 8.12.2, 8.4.5 lets a cancel overtake queued data, but not the first frame', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x', args: { a: new Uint8Array(200_000) } });
    lone.peer.open({ name: 'y' });
    lone.takeMessage();
    lone.peer.cancel(1);
    lone.peer.cancel(3);
    const frames = lone.sentSession();
    expect(frames[0]).toBe('1 5 stream-begin cancel 0 ');
    expect(frames.filter((frame) => /^3 \S+ \S+ command-request/.test(frame))).toEqual([]);
  });

  it('SPEC 8.7.6 merges the cancels of a request while they wait, and the proof stays', () => {
    const lone = new LonePeer();
    lone.feed(call(1).replace('new', 'new|have-data'));
    lone.peer.refuseData(1);
    lone.feed('1 3 0 cancel 0 ');
    lone.peer.stopped(1);
    expect(lone.sentSession()).toEqual(["1 4 stream-begin cancel ack cbor:{b'result': b'stopped'}"]);
  });

  it('SPEC 8.12.5, 8.12.7 keeps values, then the error; text and progress never behind the end', () => {
    const lone = new LonePeer();
    lone.feed(call(1));
    lone.peer.sendValue(1, 1);
    lone.peer.failAnswer(1, new WiremuxError('broken', 'broken'));
    lone.peer.sendOutput(1, [{ text: 'late', args: [], labels: [] }]);
    const types = lone.sentSession().map((frame) => frame.split(' ')[3]);
    expect(types).toEqual(['command-response', 'error-response']);
  });

  it('SPEC 8.12.7 keeps text and progress in order among themselves, ahead of values', () => {
    const lone = new LonePeer();
    lone.feed(call(1));
    lone.peer.sendValue(1, 1);
    for (const text of ['a', 'b']) lone.peer.sendOutput(1, [{ text, args: [], labels: [] }]);
    lone.peer.sendProgress(1, { topic: 't', pos: 1, total: 3 });
    lone.peer.sendOutput(1, [{ text: 'c', args: [], labels: [] }]);
    lone.peer.sendProgress(1, { topic: 't', pos: 2, total: 3 });
    lone.peer.endAnswer(1);
    const told = lone.sentSession().map((frame) => /b'msg': b'(\w)'|b'pos': (\d)|(eos)/.exec(frame)?.slice(1).join(''));
    expect(told).toEqual(['a', 'b', '2', 'c', 'eos']);
  });
});
