import { describe, expect, it } from 'vitest';
import type { Peer, PeerEvent } from '../../src/index.js';
import { pair } from './harness.js';

/** Answers every request with its arguments. */
function echo(event: PeerEvent, peer: Peer): void {
  if (event.kind !== 'request') return;
  peer.sendValue(event.id, event.args);
  peer.endAnswer(event.id);
}

for (const dialect of ['wiremux.1', 'exp-framing-0006']) {
  describe(`SPEC 5 calls in ${dialect}`, () => {
    it('answers a request', async () => {
      const { clock, client } = pair({ dialect, onServer: echo });
      const id = client.peer.open({ name: 'echo', args: { n: 1, list: [1, 2], deep: { yes: true } } });
      await clock.settle();
      expect(client.values(id)).toEqual([{ n: 1, list: [1, 2], deep: { yes: true } }]);
      expect(client.of('ended', id)).toHaveLength(1);
      expect(client.of('answering', id)).toHaveLength(1);
    });

    it('runs 1,000 at once and reuses their ids', async () => {
      const { clock, client } = pair({ dialect, onServer: echo });
      for (let round = 0; round < 3; round++) {
        const ids = Array.from({ length: 1_000 }, (_, n) => client.peer.open({ name: 'echo', args: { n } }));
        expect(new Set(ids).size).toBe(1_000);
        await clock.settle();
      }
      expect(client.of('ended')).toHaveLength(3_000);
      expect(client.of('values').flatMap(({ values }) => values)).toHaveLength(3_000);
      expect(client.peer.openSlots).toBe(1_024);
    });

    it('SPEC 5.1 wraps request ids and skips those still open', async () => {
      const { clock, client } = pair({
        dialect,
        onServer: (event, peer) => event.kind === 'request' && event.name === 'echo' && echo(event, peer),
      });
      const open = client.peer.open({ name: 'wait' });
      const seen: number[] = [];
      for (let n = 0; n < 32_768; n++) {
        seen.push(client.peer.open({ name: 'echo' }));
        if (n % 1_000 === 0) await clock.settle();
      }
      await clock.settle();
      expect(open).toBe(1);
      expect(seen[0]).toBe(3);
      expect(seen[32_766]).toBe(65_535);
      expect(seen[32_767]).toBe(3);
      expect(client.of('failed')).toEqual([]);
      expect(client.of('ended')).toHaveLength(32_768);
    });

    it('SPEC 3.4.5 ends an answer without values', async () => {
      const { clock, client } = pair({ dialect, onServer: (e, peer) => e.kind === 'request' && peer.endAnswer(e.id) });
      const id = client.peer.open({ name: 'nothing' });
      await clock.settle();
      expect(client.values(id)).toEqual([]);
      expect(client.of('ended', id)).toHaveLength(1);
    });

    it('streams more than the window holds, and uploads it back', async () => {
      const piece = new Uint8Array(40_000).fill(7);
      let left = 100;
      let sent = 0;
      const pump = (id: number, peer: Peer): void => {
        while (left > 0) {
          left--;
          if (!peer.sendValue(id, piece)) return;
        }
        peer.endAnswer(id);
      };
      const { clock, client, server } = pair({
        dialect,
        onServer: (event, peer) => {
          if (event.kind === 'request') pump(event.id, peer);
          if (event.kind === 'answer-writable') pump(event.id, peer);
        },
        onClient: (event, peer) => event.kind === 'upload-writable' && upload(event.id, peer),
      });
      const upload = (id: number, peer: Peer): void => {
        while (sent < 100) {
          sent++;
          if (!peer.sendData(id, piece)) return;
        }
        peer.endData(id);
      };
      const id = client.peer.open({ name: 'both', hasData: true });
      upload(id, client.peer);
      await clock.settle();
      expect(client.values(id)).toHaveLength(100);
      expect(client.values(id).every((value) => (value as Uint8Array).length === 40_000)).toBe(true);
      expect(client.of('ended', id)).toHaveLength(1);
      expect(server.of('data', id).reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(4_000_000);
    });

    it('streams an upload while the command runs', async () => {
      let got = 0;
      const { clock, client } = pair({
        dialect,
        onServer: (event, peer) => {
          if (event.kind === 'data') got += event.bytes.length;
          if (event.kind === 'data-end') {
            peer.sendValue(event.id, got);
            peer.endAnswer(event.id);
          }
        },
        onClient: (event, peer) => event.kind === 'upload-writable' && upload(event.id, peer),
      });
      let sent = 0;
      const upload = (id: number, peer: Peer): void => {
        while (sent++ < 200) if (!peer.sendData(id, new Uint8Array(30_000))) return;
        peer.endData(id);
      };
      const id = client.peer.open({ name: 'count', hasData: true });
      upload(id, client.peer);
      await clock.settle();
      expect(client.values(id)).toEqual([6_000_000]);
    });
  });
}
