import { describe, expect, it } from 'vitest';
import { WiremuxError } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { LonePeer } from './lone-peer.js';

const NAME = "cbor:{b'name': b'x'}";
const OK = "cbor:{b'status': b'ok'}";
const CREDIT = '1 S 0 credit 0 cbor:65536';
/** More than may be unspent at once where it is not ignored. */
const MOST_CREDIT = '1 S 0 credit 0 cbor:16777216';
const CANCEL = '1 S 0 cancel 0 ';
const PROOF = "1 S 0 cancel ack cbor:{b'result': b'stopped'}";
const DATA = '1 S 0 command-data continuation abc';
const DATA_END = '1 S 0 command-data eos abc';

function give(lone: LonePeer, ...frames: string[]): LonePeer {
  lone.feed(...frames.map((frame) => frame.replace(' S ', ` ${lone.stream} `)));
  return lone;
}

/** A server in each state of the opener's half of request 1. */
const server: Readonly<Record<string, () => LonePeer>> = {
  absent: () => new LonePeer(),
  opening: () => give(new LonePeer(), '1 S 0 command-request new|more|have-data \\xa1'),
  sending: () => give(new LonePeer(), `1 S 0 command-request new|have-data ${NAME}`),
  'ended, answer open': () => give(new LonePeer(), `1 S 0 command-request new ${NAME}`),
  'opening, answer ended': () => {
    const lone = new LonePeer({ limits: { requestMap: 3 } });
    give(lone, '1 S 0 command-request new|more|have-data abcd').sent();
    return lone;
  },
  'sending, answer ended': () => {
    const lone = give(new LonePeer(), `1 S 0 command-request new|have-data ${NAME}`);
    lone.peer.endAnswer(1);
    lone.sent();
    return lone;
  },
};

/** Whether request 1 may be opened again: then its id is free. */
function isFree(lone: LonePeer): boolean {
  lone.sent();
  return give(lone, `1 S 0 command-request new ${NAME}`).fault === undefined;
}

describe("SPEC 8.4.7 the opener's half, seen by the answerer", () => {
  it.each([
    ['absent', CANCEL],
    ['absent', MOST_CREDIT],
    ['opening, answer ended', MOST_CREDIT],
    ['sending, answer ended', MOST_CREDIT],
  ])('SPEC 8.4.6 %s: ignores %s', (state, frame) => {
    const lone = server[state]?.() as LonePeer;
    const { length } = lone.events;
    give(lone, frame);
    expect(lone.fault).toBeUndefined();
    expect(lone.events).toHaveLength(length);
    expect(lone.sentSession()).toEqual([]);
  });

  it.each(Object.keys(server))('SPEC 8.6.7 %s: breaks with a cancel|ack', (state) => {
    const lone = give(server[state]?.() as LonePeer, PROOF);
    expect(lone.fault).toMatchObject({ rule: '8.6.7', closeCode: 1002 });
  });

  it.each(['absent', 'opening, answer ended', 'sending, answer ended'])(
    'SPEC 8.2.2, 8.2.3, 8.2.4 %s: breaks with a malformed frame, though it would be ignored',
    (state) => {
      for (const [rule, frame] of [
        ['8.2.3', '1 S 0 credit 0 cbor:0'],
        ['8.2.4', '1 S 0 cancel 0 cbor:[]'],
        ['8.2.4', '1 S 0 cancel ack '],
      ]) {
        expect(give(server[state]?.() as LonePeer, frame as string).fault).toMatchObject({ rule });
      }
    },
  );

  it('SPEC 8.6.3 opening: is ended by a cancel, which is proved at once', () => {
    const lone = give((server['opening'] as () => LonePeer)(), CANCEL);
    expect(lone.sentSession()).toEqual(["1 4 stream-begin cancel ack cbor:{b'result': b'stopped'}"]);
    expect(isFree(lone)).toBe(true);
  });

  it.each(['sending', 'ended, answer open'])('SPEC 8.6.3 %s: has its command stopped by a cancel', (state) => {
    const lone = give(server[state]?.() as LonePeer, CANCEL);
    expect(lone.of('cancelled', 1)).toMatchObject([{ error: { code: 'aborted' } }]);
    expect(lone.sentSession()).toEqual([]);
    lone.peer.stopped(1);
    expect(lone.sentSession()).toEqual(["1 4 stream-begin cancel ack cbor:{b'result': b'stopped'}"]);
    expect(isFree(lone)).toBe(true);
  });

  it.each(['opening', 'sending', 'ended, answer open'])("SPEC 8.4.7 %s: raises the answer's credit", (state) => {
    const lone = give(server[state]?.() as LonePeer, CREDIT);
    if (state === 'opening') give(lone, '1 S 0 command-request continuation|have-data \\x44name\\x41x');
    lone.peer.sendValue(1, new Uint8Array(400_000));
    const sent = lone.sentSession().map((frame) => frame.length);
    expect(lone.peer.inspect(peerStats).requests).toMatchObject([{ bytes: 262_144 + 65_536 }]);
    expect(sent.length).toBeGreaterThan(0);
  });

  it('SPEC 8.6.2 sending: breaks with data after the cancel', () => {
    const lone = give((server['sending'] as () => LonePeer)(), CANCEL, DATA);
    expect(lone.fault?.rule).toBe('3.3.3');
  });

  it.each(['opening, answer ended', 'sending, answer ended'])('SPEC 8.4.3 %s: is ended by a cancel', (state) => {
    const lone = give(server[state]?.() as LonePeer, CANCEL);
    expect(lone.sentSession()).toEqual([]);
    expect(isFree(lone)).toBe(true);
  });

  it('SPEC 8.4.3 sending, answer ended: discards data until its end, and grants nothing', () => {
    const lone = give((server['sending, answer ended'] as () => LonePeer)(), DATA);
    expect(lone.of('data')).toEqual([]);
    expect(lone.sentSession()).toEqual([]);
    give(lone, DATA_END);
    expect(isFree(lone)).toBe(true);
  });

  it('SPEC 8.4.9 opening, answer ended: reads the rest of the map and the data', () => {
    const lone = (server['opening, answer ended'] as () => LonePeer)();
    give(lone, '1 S 0 command-request continuation|have-data xyz', DATA, DATA_END);
    expect(lone.events.filter((event) => 'id' in event)).toEqual([]);
    give(lone, '1 S 0 command-request new|more ab');
    expect(lone.fault).toBeUndefined();
  });

  it.each(['opening, answer ended', 'sending, answer ended'])('SPEC 5.2 %s: keeps its id taken', (state) => {
    const lone = give(server[state]?.() as LonePeer, `1 S 0 command-request new ${NAME}`);
    expect(lone.fault?.rule).toBe('5.2');
  });

  it('SPEC 8.5.5 sending, answer ended: counts data against what was granted all the same', () => {
    const lone = (server['sending, answer ended'] as () => LonePeer)();
    give(lone, '1 S 0 command-data continuation …x16384');
    expect(lone.fault).toBeUndefined();
    give(lone, '1 S 0 command-data continuation x');
    expect(lone.fault?.rule).toBe('8.5.5');
  });

  it('SPEC 5.2 keeps an id taken until its cancel|ack is scheduled', () => {
    const lone = give((server['opening'] as () => LonePeer)(), CANCEL, `1 S 0 command-request new ${NAME}`);
    expect(lone.fault?.rule).toBe('5.2');
  });
});

/** A client in each state of the answerer's half of request 1, whose upload is open. */
const client: Readonly<Record<string, () => LonePeer>> = {
  absent: () => new LonePeer({ role: 'client' }),
  open: () => asked(),
  'cancel sent': () => {
    const lone = asked();
    lone.peer.cancel(1);
    expect(lone.sentSession().at(-1)).toMatch(/^1 5 stream-begin cancel 0 $/);
    return lone;
  },
  ended: () => {
    const lone = give(asked(), `1 S 0 command-response eos ${OK}`);
    expect(lone.sentSession().at(-1)).toMatch(/^1 5 stream-begin cancel 0 $/);
    return lone;
  },
};

function asked(): LonePeer {
  const lone = new LonePeer({ role: 'client' });
  lone.peer.open({ name: 'x', hasData: true });
  lone.peer.sendData(1, new Uint8Array(20_000));
  lone.sent();
  return lone;
}

describe("SPEC 8.4.7 the answerer's half, seen by the opener", () => {
  it.each(['absent', 'ended'])('SPEC 8.4.6 %s: ignores credit and cancel', (state) => {
    const lone = client[state]?.() as LonePeer;
    const { length } = lone.events;
    give(lone, CREDIT, CANCEL, CANCEL);
    expect(lone.fault).toBeUndefined();
    expect(lone.events).toHaveLength(length);
    expect(lone.sentSession()).toEqual([]);
  });

  it.each([
    ['absent', PROOF],
    ['ended', PROOF],
    ['absent', `1 S 0 command-response eos ${OK}`],
    ['ended', '1 S 0 command-response continuation '],
    ['ended', '1 S 0 text-output 0 cbor:[]'],
  ])('SPEC 8.4.6, 5.5 %s: breaks with %s', (state, frame) => {
    expect(give(client[state]?.() as LonePeer, frame).fault).toMatchObject({ rule: '5.5', closeCode: 1002 });
  });

  it.each([
    ['absent', '8.2.2', '8.2.2'],
    ['open', '8.2.3', '8.2.4'],
    ['cancel sent', '8.2.3', '8.2.4'],
    ['ended', '8.2.2', '8.2.2'],
  ])('SPEC 8.2.2, 8.2.3, 8.2.4 %s: breaks with a malformed credit (%s) and cancel (%s)', (state, credit, cancel) => {
    const given = (frame: string) => give(client[state]?.() as LonePeer, frame).fault;
    expect(given('1 S 0 credit 0 cbor:0')).toMatchObject({ rule: credit, closeCode: 1002 });
    expect(given('1 S 0 cancel 0 cbor:[]')).toMatchObject({ rule: cancel, closeCode: 1002 });
    if (state === 'cancel sent') expect(given('1 S 0 cancel ack ')).toMatchObject({ rule: '8.2.4' });
  });

  it('SPEC 8.6.7 open: breaks with a cancel|ack that nobody asked for', () => {
    expect(give((client['open'] as () => LonePeer)(), PROOF).fault).toMatchObject({ rule: '8.6.7' });
  });

  it("SPEC 8.4.7 open: has the data's credit raised", () => {
    const lone = give((client['open'] as () => LonePeer)(), CREDIT);
    expect(lone.sentSession()).toEqual([expect.stringMatching(/^1 3 0 command-data continuation /)]);
    expect(lone.of('upload-writable')).toEqual([]);
  });

  it('SPEC 8.6.5 open: ends the data with an empty frame on a cancel, and the answer follows', () => {
    const lone = give((client['open'] as () => LonePeer)(), CANCEL);
    expect(lone.kinds(1)).toEqual(['upload-refused']);
    expect(lone.sentSession()).toEqual(['1 3 0 command-data eos ']);
    lone.peer.sendData(1, Uint8Array.of(1));
    lone.peer.endData(1);
    give(lone, CANCEL, `1 S 0 command-response eos ${OK}`);
    expect(lone.sentSession()).toEqual([]);
    expect(lone.kinds(1)).toEqual(['upload-refused', 'answering', 'ended']);
  });

  it('SPEC 8.4.6, 8.6.5 open: ignores credit and cancel when its own half has ended', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x' });
    lone.sent();
    give(lone, CANCEL, MOST_CREDIT, MOST_CREDIT);
    expect(lone.fault).toBeUndefined();
    expect(lone.kinds(1)).toEqual([]);
    expect(lone.sentSession()).toEqual([]);
  });

  it('SPEC 8.4.3 ended: has sent a cancel at once, dropped its data, and freed the id', () => {
    const lone = (client['ended'] as () => LonePeer)();
    expect(lone.kinds(1)).toEqual(['answering', 'ended']);
    expect(lone.peer.openSlots).toBe(1_024);
    expect(lone.sentSession()).toEqual([]);
  });

  it.each([
    ['a credit', CREDIT],
    ['a cancel', CANCEL],
    ['values', '1 S 0 command-response continuation \\xff\\x00'],
    ['an empty frame', '1 S 0 command-response continuation '],
    ['text, whatever it is', '1 S 0 text-output 0 \\xff'],
    ['progress, whatever it is', '1 S 0 progress 0 \\xff'],
  ])('SPEC 8.6.6 cancel sent: ignores %s', (_, frame) => {
    const lone = give((client['cancel sent'] as () => LonePeer)(), frame);
    expect(lone.fault).toBeUndefined();
    expect(lone.kinds(1)).toEqual([]);
    expect(lone.peer.openSlots).toBe(1_023);
    expect(lone.sentSession()).toEqual([]);
  });

  it.each([
    ['the eos', `1 S 0 command-response eos ${OK}`, 'finished'],
    ['an eos that makes no sense', '1 S 0 command-response eos \\xff', 'finished'],
    ['an error', "1 S 0 error-response 0 cbor:{b'message': [], b'type': b'command'}", 'finished'],
    ['the proof', PROOF, 'stopped'],
    ['another proof', "1 S 0 cancel ack cbor:{b'result': b'left'}", 'left'],
  ])('SPEC 8.6.6 cancel sent: ends with %s, and the id is free', (_, frame, result) => {
    const lone = give((client['cancel sent'] as () => LonePeer)(), frame);
    expect(lone.of('stopped', 1)).toEqual([{ kind: 'stopped', id: 1, result }]);
    expect(lone.kinds(1)).toEqual(['stopped']);
    expect(lone.peer.openSlots).toBe(1_024);
    expect(give(lone, PROOF).fault?.rule).toBe('5.5');
  });
});

describe('SPEC 8.4 requests both ways', () => {
  it('SPEC 8.4.1, 5.1 are opened by servers with even ids', () => {
    const lone = new LonePeer();
    expect([lone.peer.open({ name: 'a' }), lone.peer.open({ name: 'b' })]).toEqual([2, 4]);
    lone.sent();
    give(lone, `2 S 0 command-response eos ${OK}`);
    expect(lone.kinds(2)).toEqual(['answering', 'ended']);
  });

  it('SPEC 5.1 have ids of a server that wrap behind 65,534', () => {
    const lone = new LonePeer();
    const ids = Array.from({ length: 32_768 }, () => {
      const id = lone.peer.open({ name: 'x' });
      lone.peer.cancel(id);
      return id;
    });
    expect(ids.slice(-2)).toEqual([65_534, 2]);
    expect(lone.sentSession()).toEqual([]);
  });

  it('SPEC 5.1 fail here when no id is free, and take one that is given back', () => {
    const lone = new LonePeer({ role: 'client', settings: "{b'wiremux': {b'limits': {b'open': 40000}}}" });
    const ids = Array.from({ length: 32_768 }, () => lone.peer.open({ name: 'x' }));
    expect(new Set(ids).size).toBe(32_768);
    const late = (): number => lone.peer.open({ name: 'late' });
    expect(late).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    lone.peer.cancel(30_001);
    expect(late()).toBe(30_001);
    expect(late).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
  });

  it('SPEC 8.4.1 are answered by clients', () => {
    const lone = give(new LonePeer({ role: 'client' }), `2 S 0 command-request new ${NAME}`);
    expect(lone.of('request')).toMatchObject([{ id: 2, name: 'x' }]);
    lone.peer.sendValue(2, 1);
    lone.peer.endAnswer(2);
    expect(lone.sentSession()).toEqual([expect.stringMatching(/^2 3 stream-begin command-response eos /)]);
  });

  it('SPEC 8.4.4 has the opener grant after its own half has ended, and the answerer nothing after its', () => {
    const lone = new LonePeer({ role: 'client', limits: { answerCredit: 1_024 } });
    lone.peer.open({ name: 'x' });
    lone.sent();
    give(lone, `1 S 0 command-response continuation ${OK}`, '1 S 0 command-response continuation \\x59\\x01\\x00…x256');
    lone.peer.taken(1, 259);
    expect(lone.sentSession()).toEqual(['1 5 stream-begin credit 0 cbor:270']);
    const answerer = give(new LonePeer(), `1 S 0 command-request new|have-data ${NAME}`, DATA);
    answerer.peer.endAnswer(1);
    answerer.peer.dataTaken(1, 3);
    answerer.peer.refuseData(1);
    answerer.peer.sendValue(1, 1);
    answerer.peer.sendOutput(1, []);
    answerer.peer.failAnswer(1, new WiremuxError('late', 'late'));
    expect(answerer.sentSession()).toEqual([expect.stringContaining('command-response eos')]);
    answerer.peer.endAnswer(1);
    expect(answerer.sentSession()).toEqual([]);
  });

  it('SPEC 8.4.5 drops a request with no frame at all when nothing of it was scheduled', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x', hasData: true });
    lone.peer.sendData(1, Uint8Array.of(1));
    lone.peer.cancel(1);
    expect(lone.kinds(1)).toEqual([]);
    expect(lone.sentSession()).toEqual([]);
    expect(lone.kinds(1)).toEqual(['stopped']);
    expect(lone.peer.openSlots).toBe(1_024);
  });

  it('SPEC 8.4.8 counts frames that are ignored, discarded or refused', () => {
    const lone = give(new LonePeer(), CREDIT, CANCEL, "1 S 0 command-request new cbor:{b'name': b'x', b'credit': 0}");
    lone.wait(1_000);
    expect(lone.sent()).toContain('0 2 0 ack 0 cbor:4');
  });
});
