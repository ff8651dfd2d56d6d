import { describe, expect, it } from 'vitest';
import { type CancelResult, WiremuxError } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { toHex } from '../frame/vectors.js';
import { pair } from './harness.js';
import { joined, LonePeer } from './lone-peer.js';

const NAME = "cbor:{b'name': b'x'}";
const CALL = `1 3 0 command-request new ${NAME}`;

/** A server whose command runs for request 1, and one for request 3 to see that nothing else is harmed. */
function running(credit = 262_144): LonePeer {
  const lone = new LonePeer({ settings: `{b'wiremux': {b'credit': ${credit}}}` });
  lone.feed(CALL, CALL.replace('1', '3'));
  return lone;
}

function expectUnharmed(lone: LonePeer): void {
  lone.peer.endAnswer(3);
  expect(lone.fault).toBeUndefined();
  expect(lone.sentSession().at(-1)).toMatch(/^3 \d \S+ command-response eos /);
}

describe('SPEC 8.6 cancel, sent', () => {
  const asking = (hasData = false): LonePeer => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x', hasData });
    lone.sent();
    return lone;
  };

  it('SPEC 8.6.1, 8.6.2 goes out once, and data no more', () => {
    const lone = asking(true);
    lone.peer.sendData(1, new Uint8Array(30_000));
    lone.peer.cancel(1, { code: 'deadline', message: 'late' });
    lone.peer.cancel(1);
    lone.peer.sendData(1, new Uint8Array(10));
    lone.peer.endData(1);
    const reason = "cbor:{b'code': b'deadline', b'message': b'late'}";
    expect(lone.sentSession()).toEqual([`1 5 stream-begin cancel 0 ${reason}`]);
    lone.peer.cancel(1);
    expect(lone.sentSession()).toEqual([]);
  });

  it('SPEC 8.6.1 goes out also when the map was sent in part', () => {
    const lone = new LonePeer({ role: 'client' });
    lone.peer.open({ name: 'x', args: { a: new Uint8Array(100_000) } });
    lone.takeMessage();
    lone.peer.cancel(1);
    expect(lone.sentSession()).toEqual(['1 5 stream-begin cancel 0 ']);
  });

  it('SPEC 8.6.6 is followed by nothing but `stopped`', () => {
    const lone = asking();
    lone.feed("1 4 0 command-response continuation cbor:{b'status': b'ok'}");
    lone.peer.cancel(1);
    lone.feed('1 4 0 command-response continuation cbor:7', "1 4 0 text-output 0 cbor:[{b'msg': b'm'}]");
    lone.feed("1 4 0 cancel ack cbor:{b'result': b'finished'}");
    expect(lone.kinds(1)).toEqual(['answering', 'stopped']);
    expect(lone.of('stopped')).toMatchObject([{ result: 'finished' }]);
  });

  it('SPEC 8.6.6 grants nothing more', () => {
    const lone = new LonePeer({ role: 'client', limits: { answerCredit: 1_024 } });
    lone.peer.open({ name: 'x' });
    lone.sent();
    lone.feed(
      "1 4 0 command-response continuation cbor:{b'status': b'ok'}",
      '1 4 0 command-response continuation \\x59\\x01\\xf4…x500',
    );
    lone.peer.cancel(1);
    lone.peer.taken(1, 503);
    expect(lone.sentSession()).toEqual(['1 5 stream-begin cancel 0 ']);
  });

  it('does nothing for a request that has ended, or never was', () => {
    const lone = asking();
    lone.feed("1 4 0 command-response eos cbor:{b'status': b'ok'}");
    lone.peer.cancel(1);
    lone.peer.cancel(77);
    expect(lone.sentSession()).toEqual([]);
    expect(lone.of('stopped')).toEqual([]);
  });

  it('SPEC 8.6.1 lets the connection end what was not proved', () => {
    const lone = asking();
    lone.peer.cancel(1);
    lone.lose();
    expect(lone.kinds(1)).toEqual(['failed']);
  });
});

describe('SPEC 8.6.3 cancel, received', () => {
  it.each([
    ['cancel 0 ', { code: 'aborted', message: 'The caller cancelled the request.' }],
    ["cancel 0 cbor:{b'code': b'deadline', b'message': b'late'}", { code: 'deadline', message: 'late' }],
    ["cancel 0 cbor:{b'code': b'No Code'}", { code: 'aborted' }],
  ])('stops the command: %s', (frame, error) => {
    const lone = running();
    lone.feed(`1 3 0 ${frame}`);
    expect(lone.of('cancelled')).toMatchObject([{ id: 1, error }]);
    lone.feed('1 3 0 cancel 0 ', '1 3 0 credit 0 cbor:2048');
    expect(lone.of('cancelled')).toHaveLength(1);
    expectUnharmed(lone);
  });

  it.each(['stopped', 'left'] satisfies CancelResult[])('SPEC 8.6.4 is proved once, with %s', (result) => {
    const lone = running();
    lone.feed('1 3 0 cancel 0 ');
    lone.peer.stopped(1, result);
    lone.peer.stopped(1);
    expect(lone.sentSession()).toEqual([`1 4 stream-begin cancel ack cbor:{b'result': b'${result}'}`]);
    lone.peer.stopped(1);
    expectUnharmed(lone);
  });

  it('SPEC 8.6.4 counts a command that was left behind as open until it returns', () => {
    const lone = new LonePeer({ limits: { openRequests: 1 } });
    lone.feed(CALL, '1 3 0 cancel 0 ');
    lone.peer.stopped(1, 'left');
    lone.sent();
    lone.feed(CALL);
    expect(lone.sentSession().join()).toContain('too-many-requests');
    lone.peer.returned();
    lone.peer.returned();
    lone.feed(CALL);
    expect(lone.of('request')).toHaveLength(2);
    lone.feed(CALL.replace('1', '3'));
    expect(lone.of('request')).toHaveLength(2);
  });

  it('SPEC 8.6.3 drops values, text and progress that were not scheduled, and takes no more', () => {
    const lone = running(1_024);
    lone.peer.sendValue(1, new Uint8Array(3_000));
    lone.sent();
    lone.peer.sendOutput(1, [{ text: 'm', args: [], labels: [] }]);
    lone.peer.sendProgress(1, { topic: 't', pos: 1, total: 2 });
    lone.feed('1 3 0 cancel 0 ');
    expect(lone.peer.sendValue(1, 1)).toBe(true);
    lone.peer.sendOutput(1, [{ text: 'm', args: [], labels: [] }]);
    lone.peer.endAnswer(1);
    lone.peer.failAnswer(1, new WiremuxError('late', 'late'));
    lone.peer.stopped(1);
    expect(lone.sentSession()).toEqual([expect.stringMatching(/ cancel ack /)]);
    expectUnharmed(lone);
  });

  it('SPEC 8.6.3, 8.6.4 says `finished` when the command had, and the rest was discarded', () => {
    const lone = running(1_024);
    lone.peer.sendValue(1, new Uint8Array(3_000));
    lone.peer.endAnswer(1);
    lone.sent();
    lone.feed('1 3 0 cancel 0 ');
    expect(lone.of('cancelled')).toEqual([]);
    expect(lone.sentSession()).toEqual(["1 6 stream-begin cancel ack cbor:{b'result': b'finished'}"]);
    expectUnharmed(lone);
  });

  it.each<[string, (lone: LonePeer) => void, CancelResult]>([
    ['end', ({ peer }) => peer.endAnswer(1), 'finished'],
    ['error', ({ peer }) => peer.failAnswer(1, new WiremuxError('no', 'No.')), 'stopped'],
  ])('SPEC 8.6.3 is proved by the %s of a command that has not heard of it yet', (_, end, result) => {
    const lone = running();
    lone.sent();
    lone.feed('1 3 0 cancel 0 ');
    end(lone);
    expect(lone.sentSession()).toEqual([`1 4 stream-begin cancel ack cbor:{b'result': b'${result}'}`]);
    lone.peer.stopped(1);
    expect(lone.sentSession()).toEqual([]);
    expectUnharmed(lone);
  });

  it('SPEC 8.6.3 says nothing when the end was scheduled before it came', () => {
    const lone = running();
    lone.peer.endAnswer(1);
    lone.sent();
    lone.feed('1 3 0 cancel 0 ');
    expect(lone.sentSession()).toEqual([]);
    expectUnharmed(lone);
  });

  it('SPEC 8.2.7, 8.6.3 is proved with the bytes of the example', () => {
    const lone = new LonePeer();
    lone.feed(CALL.replace('1', '3'), '3 3 0 cancel 0 ', CALL.replace('1', '5'), '5 3 0 cancel 0 ');
    lone.peer.stopped(5);
    lone.sent();
    lone.peer.stopped(3);
    expect(toHex(joined(lone.peer.takeBytes(0) ?? []))).toBe('10000003000400b1a146726573756c744773746f70706564');
  });
});

describe('SPEC 8.6.5 a cancel by the answerer', () => {
  const taking = (): LonePeer => {
    const lone = new LonePeer();
    lone.feed(`1 3 0 command-request new|have-data ${NAME}`, '1 3 0 command-data continuation abc');
    return lone;
  };

  it('goes out once, discards what still comes, and the answer follows', () => {
    const lone = taking();
    lone.peer.refuseData(1);
    lone.peer.refuseData(1);
    expect(lone.sentSession()).toEqual(['1 4 stream-begin cancel 0 ']);
    lone.feed('1 3 0 command-data continuation def', '1 3 0 command-data eos ');
    expect(lone.kinds(1)).toEqual(['request', 'data']);
    lone.peer.sendValue(1, 1);
    lone.peer.endAnswer(1);
    expect(lone.sentSession()).toEqual([expect.stringMatching(/^1 6 stream-begin command-response eos /)]);
  });

  it('does not go out when the data or the answer has ended', () => {
    const [ended, answered] = [taking(), taking()];
    ended.feed('1 3 0 command-data eos ');
    ended.peer.refuseData(1);
    expect(ended.sentSession()).toEqual([]);
    answered.peer.endAnswer(1);
    answered.peer.refuseData(1);
    expect(answered.sentSession()).toEqual([expect.stringContaining(' command-response eos ')]);
  });
});

describe('SPEC 8.6 cancel between two peers', () => {
  it('SPEC 8.4.3 crosses the end of an answer without harm, again and again on the same ids', async () => {
    const { clock, client, server } = pair({
      limits: { openRequests: 4 },
      onServer: (event, peer) => {
        if (event.kind === 'request') peer.sendValue(event.id, new Uint8Array(1_000));
        if (event.kind === 'data') peer.endAnswer(event.id);
        if (event.kind === 'cancelled') peer.stopped(event.id);
      },
    });
    for (let round = 0; round < 50; round++) {
      const id = client.peer.open({ name: 'x', hasData: true });
      client.peer.sendData(id, new Uint8Array(100));
      if (round % 2 === 0) await clock.settle();
      client.peer.cancel(id);
      await clock.settle();
    }
    expect([client.closed, server.closed]).toEqual([undefined, undefined]);
    const over = client.of('ended').length + client.of('stopped').length;
    expect(over).toBe(50);
    expect(client.peer.openSlots).toBe(4);
    expect(server.peer.inspect(peerStats).requests).toEqual([]);
  });

  it('SPEC 5.9 in 0006 drops the answer, keeps the id, and stops nothing', async () => {
    const { clock, client, server } = pair({ dialect: 'exp-framing-0006' });
    const id = client.peer.open({ name: 'x', hasData: true });
    client.peer.sendData(id, new Uint8Array(100_000));
    await clock.settle();
    client.peer.cancel(id);
    client.peer.cancel(id);
    await clock.settle();
    expect(client.of('stopped', id)).toEqual([{ kind: 'stopped', id, result: 'left' }]);
    expect(server.of('cancelled')).toEqual([]);
    expect(server.of('data-end', id)).toHaveLength(1);
    expect(client.peer.openSlots).toBe(1_023);
    server.peer.sendValue(id, 1);
    server.peer.sendOutput(id, [{ text: 'm', args: [], labels: [] }]);
    server.peer.endAnswer(id);
    await clock.settle();
    expect(client.of('values', id)).toEqual([]);
    expect(client.of('output', id)).toEqual([]);
    expect(client.peer.openSlots).toBe(1_024);
  });

  it.each(['wiremux.1', 'exp-framing-0006'])(
    'SPEC 5.9, 5.11 in %s fires the signal of every command when the transport closes',
    async (dialect) => {
      const { clock, client, server } = pair({ dialect });
      const ids = [client.peer.open({ name: 'x' }), client.peer.open({ name: 'y', hasData: true })];
      await clock.settle();
      client.transport.terminate();
      await clock.settle();
      for (const id of ids) {
        expect(server.of('cancelled', id)).toMatchObject([{ error: { code: 'connection-lost' } }]);
        expect(client.error(id)?.code).toBe('connection-lost');
        server.peer.stopped(id);
        server.peer.endAnswer(id);
      }
      expect(server.peer.inspect(peerStats).requests).toEqual([]);
    },
  );
});
