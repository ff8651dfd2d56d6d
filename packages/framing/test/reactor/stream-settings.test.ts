import { describe, expect, it } from 'vitest';
import { type LoneOptions, LonePeer } from './lone-peer.js';

const ALL: readonly LoneOptions[] = [
  {},
  { role: 'client' },
  { dialect: 'exp-framing-0006' },
  { dialect: 'exp-framing-0006', role: 'client' },
];

function give(lone: LonePeer, ...frames: string[]): void {
  lone.feed(...frames.map((frame) => frame.replace(' S ', ` ${lone.stream} `)));
}

describe.each(ALL)('SPEC 3.8.5, 3.8.6 stream settings at a peer of %j', (options) => {
  const fresh = (limits = {}): LonePeer => new LonePeer({ ...options, stream: false, limits });

  it.each([
    ['a bstr', "cbor:b'identity'"],
    ['a tstr', "cbor:'identity'"],
    ['more values', '\\x48identity\\x01\\xa0'],
  ])('SPEC 3.8.5 are taken as %s', (_, payload) => {
    const lone = fresh();
    give(lone, `0 S stream-begin stream-settings eos ${payload}`);
    expect(lone.fault).toBeUndefined();
  });

  it('SPEC 3.8.4 have any request id, which opens nothing', () => {
    for (const id of [0, 1, 2, 65_535]) {
      const lone = fresh();
      give(lone, `${id} S stream-begin stream-settings eos cbor:b'identity'`);
      expect(lone.fault).toBeUndefined();
      expect(lone.events.filter(({ kind }) => kind !== 'ready')).toEqual([]);
    }
  });

  it('SPEC 3.8.5 may be cut into frames, and need not be the first of their stream', () => {
    const lone = fresh();
    give(
      lone,
      '0 S stream-begin stream-settings continuation \\x48iden',
      '0 S 0 stream-settings continuation tit',
      '0 S 0 stream-settings eos y',
    );
    expect(lone.fault).toBeUndefined();
    give(lone, "0 S 0 stream-settings eos cbor:b'identity'");
    expect(lone.fault?.rule).toBe('3.8.6');
  });

  it.each([
    ['another profile', "0 S stream-begin stream-settings eos cbor:b'zlib'"],
    ['no profile', '0 S stream-begin stream-settings eos '],
    ['a number', '0 S stream-begin stream-settings eos cbor:7'],
    ['a frame flagged encoded', "0 S stream-begin|encoded stream-settings eos cbor:b'identity'"],
  ])('SPEC 3.8.6, 4.8 break the connection with %s', (_, frame) => {
    const lone = fresh();
    give(lone, frame);
    expect(lone.fault).toMatchObject({ rule: '3.8.6', closeCode: 1002 });
  });

  it.each([
    ['cut', '\\x48iden'],
    ['no CBOR', '\\xff'],
  ])('SPEC 3.1.7 break the connection when they are %s', (_, payload) => {
    const lone = fresh();
    give(lone, `0 S stream-begin stream-settings eos ${payload}`);
    expect(lone.fault).toMatchObject({ rule: '3.1.7', closeCode: 1002 });
  });

  it('SPEC 3.8.6 come before any encoded frame', () => {
    const lone = fresh();
    const id = options.role === 'client' ? lone.peer.open({ name: 'x' }) : 1;
    lone.sent();
    const frame = options.role === 'client' ? 'text-output 0 cbor:[]' : "command-request new cbor:{b'name': b'x'}";
    give(lone, `${id} S stream-begin|encoded ${frame}`);
    expect(lone.fault).toBeUndefined();
    give(lone, "0 S 0 stream-settings eos cbor:b'identity'");
    expect(lone.fault?.rule).toBe('3.8.6');
  });

  it('SPEC 3.8.6 are dropped when their stream ends, and may come again on the next', () => {
    const lone = fresh();
    give(
      lone,
      '0 S stream-begin|stream-end stream-settings continuation \\x48iden',
      "0 S stream-begin stream-settings eos cbor:b'identity'",
    );
    expect(lone.fault).toBeUndefined();
  });

  it('SPEC 9.1.11 are bounded like settings', () => {
    const edge = fresh({ settingsBytes: 12 });
    give(edge, '0 S stream-begin stream-settings eos \\x48identity\\x01\\x01\\x01');
    expect(edge.fault).toBeUndefined();
    const past = fresh({ settingsBytes: 12 });
    give(
      past,
      '0 S stream-begin stream-settings continuation \\x48identity\\x01',
      '0 S 0 stream-settings continuation \\x01\\x01\\x01',
    );
    expect(past.fault).toMatchObject({ rule: '9.1.11', closeCode: 1009 });
  });
});
