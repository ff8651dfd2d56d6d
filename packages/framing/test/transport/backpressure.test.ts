import { describe, expect, it } from 'vitest';
import type { Peer, PeerEvent } from '../../src/index.js';
import { type End, pair } from '../reactor/harness.js';

/** What a link gives to a transport that takes nothing: its high-water mark, and one message more. */
const MOST_BUFFERED = 262_144 + 65_536;
const PIECE = new Uint8Array(30_000).fill(7);

function received(end: End, id: number): number {
  return end.of('data', id).reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** Answers every request with the given number of pieces, as fast as it may. */
function stream(count: number): (event: PeerEvent, peer: Peer) => void {
  const left = new Map<number, number>();
  return (event, peer) => {
    if (event.kind === 'request') left.set(event.id, count);
    if (event.kind !== 'request' && event.kind !== 'answer-writable') return;
    for (let pieces = left.get(event.id) ?? 0; pieces > 0; pieces--) {
      left.set(event.id, pieces - 1);
      if (!peer.sendValue(event.id, PIECE)) return;
    }
    peer.endAnswer(event.id);
  };
}

for (const dialect of ['wiremux.1', 'exp-framing-0006']) {
  describe(`SPEC 8.12.6: a transport that takes nothing more, in ${dialect}`, () => {
    it('is given no more than its mark, and the rest when it drains', async () => {
      const { clock, client, server } = pair({ dialect, onServer: stream(20) });
      await clock.settle();
      server.transport.stalled = true;
      const ids = Array.from({ length: 10 }, () => client.peer.open({ name: 'rows' }));
      await clock.settle();
      // In wiremux.1 the window is narrower than the mark (SPEC 8.7.7).
      expect(server.transport.bufferedBytes).toBeGreaterThan(dialect === 'wiremux.1' ? 128_000 : 200_000);
      expect(server.transport.bufferedBytes).toBeLessThan(MOST_BUFFERED);
      server.transport.release();
      await clock.settle();
      expect(ids.map((id) => client.values(id).length)).toEqual(ids.map(() => 20));
      expect(client.of('ended')).toHaveLength(10);
    });

    it('what it was not given can still be dropped', async () => {
      const { clock, client, server } = pair({ dialect });
      await clock.settle();
      const id = client.peer.open({ name: 'upload', hasData: true });
      await clock.settle();
      client.transport.stalled = true;
      client.peer.sendData(id, new Uint8Array(3_000_000));
      await clock.settle();
      client.peer.cancel(id);
      client.transport.release();
      await clock.settle();
      expect(received(server, id)).toBeLessThan(MOST_BUFFERED);
    });
  });
}

describe('room that sending makes', () => {
  it('is used in the same turn by those who waited for it', async () => {
    const { clock, client, server } = pair({ onServer: stream(4) });
    await clock.settle();
    let turn = 0;
    const sentIn: number[] = [];
    const { defer } = clock;
    clock.defer = (callback) => {
      defer.call(clock, () => {
        turn++;
        callback();
      });
    };
    const { send } = server.transport;
    server.transport.send = (chunks) => {
      if (chunks.some(({ length }) => length === PIECE.length)) sentIn.push(turn);
      send.call(server.transport, chunks);
    };
    client.peer.open({ name: 'rows' });
    await clock.settle();
    expect(sentIn.length).toBeGreaterThan(1);
    expect(new Set(sentIn).size).toBe(1);
    expect(client.values(1)).toHaveLength(4);
  });
});

describe('SPEC 5.8, 5.9: slow consumers of 0006', () => {
  it('an upload that is not read pauses the transport, and reading it resumes', async () => {
    const { clock, client, server } = pair({ dialect: 'exp-framing-0006' });
    server.taking = false;
    const id = client.peer.open({ name: 'upload', hasData: true });
    client.peer.sendData(id, new Uint8Array(5_000_000));
    client.peer.endData(id);
    await clock.settle();
    expect(server.peer.readPaused).toBe(true);
    expect(received(server, id)).toBeGreaterThanOrEqual(1_048_576);
    expect(received(server, id)).toBeLessThan(1_048_576 + 65_536);
    expect(client.transport.bufferedBytes).toBeLessThan(MOST_BUFFERED);
    server.taking = true;
    server.peer.dataTaken(id, received(server, id));
    await clock.settle();
    expect(received(server, id)).toBe(5_000_000);
    expect(server.of('data-end', id)).toHaveLength(1);
  });

  it('a caller that takes nothing pauses the transport, and stopping to listen resumes it', async () => {
    const { clock, client } = pair({ dialect: 'exp-framing-0006', onServer: stream(100) });
    client.taking = false;
    const slow = client.peer.open({ name: 'rows' });
    await clock.settle();
    expect(client.peer.readPaused).toBe(true);
    expect(client.values(slow).length * PIECE.length).toBeLessThan(1_048_576 + 2 * 65_536);
    client.peer.cancel(slow);
    client.taking = true;
    const other = client.peer.open({ name: 'rows' });
    await clock.settle();
    expect(client.peer.readPaused).toBe(false);
    expect(client.values(other)).toHaveLength(100);
  });

  it('the end of the connection is seen although reading is paused', async () => {
    const { clock, client, server } = pair({ dialect: 'exp-framing-0006' });
    server.taking = false;
    const id = client.peer.open({ name: 'upload', hasData: true });
    client.peer.sendData(id, new Uint8Array(2_000_000));
    await clock.settle();
    server.link.close(1012, 'restart');
    expect(server.peer.readPaused).toBe(false);
    await clock.settle();
    expect(server.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(client.of('failed', id)).toHaveLength(1);
  });
});

describe('SPEC 8.3.2: a client that is not yet let in', () => {
  it('is not read past its settings', async () => {
    const { clock, client, server } = pair({ authenticate: true });
    const id = client.peer.open({ name: 'upload', hasData: true });
    client.peer.sendData(id, new Uint8Array(10_000));
    await clock.settle();
    expect(server.events.map(({ kind }) => kind)).toEqual(['authenticate']);
    const more = client.peer.open({ name: 'more' });
    await clock.settle();
    expect(client.transport.bufferedBytes).toBeGreaterThan(0);
    server.peer.accept(clock.now());
    await clock.settle();
    expect(received(server, id)).toBe(10_000);
    expect(server.of('request').map((event) => event.id)).toEqual([id, more]);
  });
});
