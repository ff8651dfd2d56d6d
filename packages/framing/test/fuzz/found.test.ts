/** What fuzzing has found, each once more by itself. */
import { describe, expect, it } from 'vitest';
import { WiremuxError } from '../../src/index.js';
import { pair } from '../reactor/harness.js';
import { LonePeer } from '../reactor/lone-peer.js';

function nested(depth: number): unknown {
  return depth === 0 ? [] : [nested(depth - 1)];
}

describe('SPEC 5.11: a dead peer sends its error frame and nothing else', () => {
  it('whatever its application still cancels and takes', () => {
    const lone = new LonePeer({ role: 'client' });
    const [one, two] = [lone.peer.open({ name: 'one', credit: 1_024 }), lone.peer.open({ name: 'two' })];
    lone.sent();
    lone.feed(`${one} 4 0 command-response continuation cbor:{b'status': b'ok'}`);
    lone.feed(`${one} 4 0 command-response continuation \\x59\\x02\\x00…x512`, '0 4 0 credit 0 cbor:5');
    expect(lone.fault?.rule).toBe('8.1.4');
    lone.peer.taken(one, 515);
    lone.peer.cancel(two);
    expect(lone.sent().filter((text) => !text.includes(' error-response '))).toEqual([]);
    lone.lose();
    expect(lone.kinds(two)).toEqual(['failed']);
  });
});

describe('SPEC 8.5: amounts that are none', () => {
  it('count for nothing where bytes are taken, and as the least credit where it is asked for', async () => {
    const { clock, client } = pair({
      onServer: (event, peer) => {
        if (event.kind !== 'request') return;
        for (let count = 0; count < 3; count++) peer.sendValue(event.id, new Uint8Array(500));
        peer.endAnswer(event.id);
      },
    });
    client.taking = false;
    const id = client.peer.open({ name: 'blobs', credit: Number.NaN });
    await clock.settle();
    for (const amount of [Number.NaN, -1, 0.5, Number.NEGATIVE_INFINITY]) client.peer.taken(id, amount);
    await clock.settle();
    expect(client.values(id)).toHaveLength(2);
    expect(client.closed).toBeUndefined();
    client.peer.taken(id, Number.POSITIVE_INFINITY);
    await clock.settle();
    expect(client.values(id)).toHaveLength(3);
    expect(client.of('ended', id)).toHaveLength(1);
  });
});

describe('SPEC 3.9.1: an error with details nobody can read', () => {
  for (const [what, options] of [
    ['data nested too deep', { data: nested(200) }],
    ['a time to wait without end', { retry: Number.POSITIVE_INFINITY }],
    ['a time to wait past all numbers', { retry: 1e300 }],
  ] as const) {
    for (const values of [0, 1]) {
      it(`${what} arrives as an error, behind ${values} values`, async () => {
        const { clock, client } = pair({
          onServer: (event, peer) => {
            if (event.kind !== 'request') return;
            if (values > 0) peer.sendValue(event.id, 'first');
            peer.failAnswer(event.id, new WiremuxError('out-of-luck', 'As planned.', options));
          },
        });
        const id = client.peer.open({ name: 'fail' });
        await clock.settle();
        expect(client.error(id)?.code).toBe('out-of-luck');
        expect(client.closed).toBeUndefined();
      });
    }
  }
});

describe('SPEC 5.4: a request that is not complete', () => {
  it('cannot be answered by somebody who guesses its id', () => {
    const lone = new LonePeer();
    lone.feed(`1 3 0 command-request new|more \\xa1`);
    lone.peer.sendValue(1, 'early');
    lone.peer.endAnswer(1);
    expect(lone.sent().filter((text) => text.startsWith('1 '))).toEqual([]);
    lone.feed('1 3 0 command-request continuation \\x44name\\x44late');
    expect(lone.of('request').map(({ name }) => name)).toEqual(['late']);
  });
});

describe('SPEC 5.9: an upload whose caller has stopped listening', () => {
  it('is not asked to go on', () => {
    const lone = new LonePeer({ role: 'client', dialect: 'exp-framing-0006' });
    const id = lone.peer.open({ name: 'upload', args: { pad: 'x'.repeat(70_000) }, hasData: true });
    expect(lone.peer.sendData(id, new Uint8Array(100_000))).toBe(false);
    lone.takeMessage();
    lone.peer.cancel(id);
    lone.sent();
    expect(lone.kinds(id)).toEqual(['stopped']);
  });
});
