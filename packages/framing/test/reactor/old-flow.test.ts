import { describe, expect, it } from 'vitest';
import { fromHex } from '../frame/vectors.js';
import { pair } from './harness.js';
import { LonePeer, rawFrame } from './lone-peer.js';

const OLD = 'exp-framing-0006';
const upload = (id: number): string => `${id} 1 0 command-request new|have-data cbor:{b'name': b'x'}`;
const call = (id: number): string => `${id} 1 0 command-request new cbor:{b'name': b'x'}`;
const data = (id: number, bytes: number): string => `${id} 1 0 command-data continuation …x${bytes}`;

describe('SPEC 5.8, 9.1.15 an upload without credit', () => {
  const server = (): LonePeer => new LonePeer({ dialect: OLD, limits: { pausedBytes: 1_000 } });

  it('pauses the transport when the limit is held unread, and not before', () => {
    const lone = server();
    lone.feed(upload(1), data(1, 999));
    expect(lone.peer.readPaused).toBe(false);
    lone.feed(data(1, 1));
    expect(lone.peer.readPaused).toBe(true);
    const woken: number[] = [];
    lone.peer.onWake(() => woken.push(1));
    lone.peer.dataTaken(1, 1);
    expect(lone.peer.readPaused).toBe(false);
    expect(woken).toEqual([1]);
  });

  it('is 1 MiB by default', () => {
    const lone = new LonePeer({ dialect: OLD });
    lone.feed(upload(1), ...Array.from({ length: 32 }, () => data(1, 32_767)));
    expect(lone.peer.readPaused).toBe(false);
    lone.feed(data(1, 32));
    expect(lone.peer.readPaused).toBe(true);
  });

  it.each([
    ['the command ends', (lone: LonePeer) => lone.peer.endAnswer(1)],
    ['the command wants no more', (lone: LonePeer) => lone.peer.refuseData(1)],
    ['the data ends', (lone: LonePeer) => lone.feed('1 1 0 command-data eos ')],
    ['the connection ends', (lone: LonePeer) => lone.lose()],
  ])('goes on when %s', (_, happen) => {
    const lone = server();
    lone.feed(upload(1), data(1, 2_000));
    expect(lone.peer.readPaused).toBe(true);
    happen(lone);
    expect(lone.peer.readPaused).toBe(false);
  });

  it('SPEC 5.6 drops what comes after the end of the answer, and then frees the id', () => {
    const lone = server();
    lone.feed(upload(1), data(1, 500));
    lone.peer.endAnswer(1);
    lone.sent();
    lone.feed(data(1, 5_000));
    expect(lone.peer.readPaused).toBe(false);
    expect(lone.of('data')).toHaveLength(1);
    lone.feed('1 1 0 command-data eos ', call(1));
    expect(lone.fault).toBeUndefined();
    expect(lone.of('request', 1)).toHaveLength(2);
  });

  it('SPEC 5.8 fails with `slow-reader` when nothing of it was taken for 30 s while others are open', () => {
    const lone = server();
    lone.feed(upload(1), call(3));
    lone.wait(50_000);
    lone.feed(data(1, 1_000));
    lone.wait(29_999);
    expect(lone.of('cancelled')).toEqual([]);
    lone.wait(1);
    expect(lone.of('cancelled', 1)).toMatchObject([{ error: { code: 'slow-reader' } }]);
    expect(lone.peer.readPaused).toBe(false);
    expect(lone.sent()).toEqual([expect.stringMatching(/^1 2 \S+ command-response eos .*did not read its data/)]);
    lone.peer.stopped(1);
    lone.feed(data(1, 5_000), '1 1 0 command-data eos ', call(1));
    expect(lone.fault).toBeUndefined();
    lone.peer.endAnswer(3);
    expect(lone.sent()).toEqual([expect.stringMatching(/^3 2 0 command-response eos /)]);
  });

  it('SPEC 5.8 counts from the last byte taken', () => {
    const lone = server();
    lone.feed(upload(1), call(3), data(1, 5_000));
    lone.wait(20_000);
    const woken: number[] = [];
    lone.peer.onWake(() => woken.push(1));
    lone.peer.dataTaken(1, 1);
    expect(woken).toEqual([1]);
    lone.sent();
    lone.wait(29_999);
    expect(lone.of('cancelled')).toEqual([]);
    lone.wait(1);
    expect(lone.of('cancelled', 1)).toHaveLength(1);
  });

  it('SPEC 5.8, 8.12.5 fails behind the values already sent, and drops the others', () => {
    const lone = server();
    lone.feed(upload(1), call(3));
    lone.peer.sendValue(1, 'sent');
    lone.sent();
    lone.peer.sendValue(1, 'queued');
    lone.feed(data(1, 1_000));
    lone.wait(30_000);
    expect(lone.sent()).toEqual([expect.stringMatching(/^1 2 0 error-response 0 /)]);
    const before = server();
    before.feed(upload(1), call(3));
    before.peer.sendValue(1, 'queued');
    before.feed(data(1, 1_000));
    before.wait(30_000);
    expect(before.sent()).toEqual([expect.stringMatching(/command-response eos cbor:\{b'error'/)]);
  });

  it('SPEC 5.8 may wait for ever while no other request is open, and asks for no time', () => {
    const lone = server();
    lone.feed(upload(1), data(1, 1_000));
    expect(lone.peer.nextTimeout()).toBeUndefined();
    lone.wait(3_600_000);
    lone.peer.handleTimeout(lone.now);
    expect(lone.of('cancelled')).toEqual([]);
    expect(lone.peer.readPaused).toBe(true);
  });

  it('SPEC 5.8 has the time that was configured', () => {
    const lone = new LonePeer({ dialect: OLD, limits: { pausedBytes: 10, pausedTimeout: 500 } });
    lone.feed(upload(1), call(3), data(1, 10));
    lone.wait(500);
    expect(lone.of('cancelled', 1)).toHaveLength(1);
  });
});

describe('SPEC 5.9, 9.1.15 an answer without credit', () => {
  const client = (): LonePeer => {
    const lone = new LonePeer({ dialect: OLD, role: 'client', limits: { pausedBytes: 1_000 } });
    lone.peer.open({ name: 'x' });
    lone.sent();
    lone.feed("1 2 0 command-response continuation cbor:{b'status': b'ok'}");
    return lone;
  };
  const value = (bytes: number): Uint8Array =>
    rawFrame(
      1,
      2,
      0,
      3,
      1,
      Uint8Array.from([...fromHex(`59${(bytes - 3).toString(16).padStart(4, '0')}`), ...new Uint8Array(bytes - 3)]),
    );

  it('pauses the transport when its caller is slow, and resumes when it takes', () => {
    const lone = client();
    lone.feedBytes(value(999));
    expect(lone.peer.readPaused).toBe(false);
    lone.feedBytes(value(300));
    expect(lone.peer.readPaused).toBe(true);
    lone.peer.taken(1, 999);
    expect(lone.peer.readPaused).toBe(false);
  });

  it('asks for no time while it does', () => {
    const lone = client();
    lone.feedBytes(value(2_000));
    expect(lone.peer.nextTimeout()).toBeUndefined();
    lone.wait(100_000);
    expect(lone.of('failed')).toEqual([]);
  });

  it('does not pause for one whose caller has gone', () => {
    const lone = client();
    lone.feedBytes(value(2_000));
    lone.peer.cancel(1);
    expect(lone.peer.readPaused).toBe(false);
    lone.feedBytes(value(2_000));
    expect(lone.peer.readPaused).toBe(false);
  });

  it('keeps a slow caller, and its sender, within bounds between two links', async () => {
    const limits = { pausedBytes: 50_000 };
    let left = 2_000;
    const {
      clock,
      client: near,
      server,
    } = pair({
      dialect: OLD,
      clientLimits: limits,
      onServer: (event, peer) => {
        if (event.kind !== 'request' && event.kind !== 'answer-writable') return;
        while (left > 0) {
          left--;
          if (!peer.sendValue(event.id, new Uint8Array(10_000))) return;
        }
        peer.endAnswer(event.id);
      },
    });
    near.taking = false;
    const id = near.peer.open({ name: 'x' });
    await clock.settle();
    expect(near.values(id).length).toBeLessThan(50);
    expect(left).toBeGreaterThan(1_900);
    for (let taken = 0; taken < 2_000; taken++) {
      near.peer.taken(id, 10_003);
      if (taken % 5 === 0) await clock.settle();
    }
    await clock.settle();
    expect(near.values(id)).toHaveLength(2_000);
    expect(near.of('ended', id)).toHaveLength(1);
    expect(server.closed).toBeUndefined();
  });
});
