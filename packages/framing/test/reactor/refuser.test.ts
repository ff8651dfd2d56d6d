import { describe, expect, it } from 'vitest';
import { Responder } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { LonePeer } from './lone-peer.js';

function alone(): LonePeer {
  return new LonePeer({ role: 'client', serves: false });
}

/** The ids of the answers among these frames, and the codes of their errors. */
function refusedWith(frames: readonly string[]): (readonly [id: number, code: string | undefined])[] {
  return frames.map((frame) => [Number.parseInt(frame, 10), /b'code': b'([a-z-]+)'/.exec(frame)?.[1]]);
}

/** The first, and all, of a request's map. */
const opens = "new cbor:{b'name': b'confirm'}";

describe('SPEC 8.4.1 a peer that serves nothing', () => {
  it('answers `unknown-command`, and tells nobody', () => {
    const lone = alone();
    lone.feed(`2 4 0 command-request ${opens}`);
    expect(refusedWith(lone.sentSession())).toEqual([[2, 'unknown-command']]);
    expect(lone.events.filter(({ kind }) => kind !== 'ready')).toEqual([]);
    expect(lone.peer.inspect(peerStats).requests).toEqual([]);
  });

  it('SPEC 8.4.9 has the id free when both halves have ended', () => {
    const lone = alone();
    for (let round = 0; round < 3; round++) {
      lone.feed(`2 4 0 command-request ${opens}`);
      expect(refusedWith(lone.sentSession())).toEqual([[2, 'unknown-command']]);
    }
    lone.feed(`2 4 0 command-request ${opens}`, `2 4 0 command-request ${opens}`);
    expect(lone.fault?.rule).toBe('5.2');
  });

  it('SPEC 8.4.3 drops what comes of one until its half has ended', () => {
    const lone = alone();
    lone.feed('2 4 0 command-request new|more|have-data …x20');
    expect(refusedWith(lone.sentSession())).toEqual([[2, 'unknown-command']]);
    lone.feed('2 4 0 command-request continuation|have-data …x20');
    lone.feed('2 4 0 command-data continuation …x20', '2 4 0 credit 0 cbor:100', '2 4 0 command-data eos ');
    lone.feed(`2 4 0 command-request ${opens}`);
    expect(refusedWith(lone.sentSession())).toEqual([[2, 'unknown-command']]);
    expect(lone.fault).toBeUndefined();
  });

  it('SPEC 8.4.3, 8.6.3 has the half end with a cancel, before its answer was sent or after', () => {
    const lone = alone();
    lone.feed('2 4 0 command-request new|have-data …x20', '2 4 0 cancel 0 cbor:{}');
    expect(lone.sentSession()).toEqual([expect.stringContaining("cancel ack cbor:{b'result': b'stopped'}")]);
    lone.feed('2 4 0 command-request new|have-data …x20');
    expect(refusedWith(lone.sentSession())).toEqual([[2, 'unknown-command']]);
    lone.feed('2 4 0 cancel 0 cbor:{}', '2 4 0 cancel 0 cbor:{}', `2 4 0 command-request ${opens}`);
    expect(refusedWith(lone.sentSession())).toEqual([[2, 'unknown-command']]);
    expect(lone.fault).toBeUndefined();
  });

  it.each([
    ['5.4', '2 4 0 command-request continuation …x20'],
    ['3.3.3', '2 4 0 command-data eos '],
    ['5.13', '2 4 0 command-response eos '],
    ['5.13', '2 4 0 cancel ack cbor:{}'],
  ])('SPEC %s knows what nobody may send: %s', (rule, frame) => {
    const lone = alone();
    lone.feed(frame);
    expect(lone.fault?.rule).toBe(rule);
  });

  it('SPEC 9.1.16 is asked as often as the control budget allows', () => {
    const lone = new LonePeer({ role: 'client', serves: false, limits: { controlBudget: 2, controlRefill: 0 } });
    lone.feed(`2 4 0 command-request ${opens}`, `4 4 0 command-request ${opens}`);
    expect(lone.fault).toBeUndefined();
    lone.feed(`6 4 0 command-request ${opens}`);
    expect(lone.fault?.rule).toBe('9.1.14');
    expect(lone.sentSession()).toEqual([]);
  });

  it('forgets them when the transport is gone', () => {
    const lone = alone();
    lone.feed(`2 4 0 command-request ${opens}`);
    lone.lose();
    expect(lone.sent()).toEqual([]);
  });

  it('serves what is asked once it has a responder; what was refused stays so', () => {
    const lone = alone();
    lone.feed('2 4 0 command-request new|have-data …x20');
    lone.peer.serve(Responder);
    lone.peer.serve(Responder);
    lone.feed('2 4 0 command-data eos ', `4 4 0 command-request ${opens}`);
    expect(lone.of('request').map(({ id, name }) => [id, name])).toEqual([[4, 'confirm']]);
    lone.peer.endAnswer(4);
    expect(refusedWith(lone.sentSession())).toEqual([
      [2, 'unknown-command'],
      [4, undefined],
    ]);
    lone.feed(`2 4 0 command-request ${opens}`);
    expect(lone.of('request').map(({ id }) => id)).toEqual([4, 2]);
  });

  it('does nothing for answers it does not give', () => {
    const { peer } = alone();
    expect([peer.sendValue(2, 1), peer.beginBytes(2), peer.sendBytes(2, new Uint8Array(1)), peer.endBytes(2)]).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});
