import { WIREMUX_1 } from '@wiremux/framing';
import type { ClientCaller, ConnectionCounters, ConnectionSnapshot } from '@wiremux/server';
import { describe, expect, it } from 'vitest';
import { ConnectionRegistry, type RegisteredConnection } from '../../src/connections/registry.js';

interface FakeConnection extends RegisteredConnection {
  counters: ConnectionCounters;
}

function fakeConnection(
  id: string,
  open = 0,
  requests: ConnectionSnapshot['requests'] = [],
  attached = true,
): FakeConnection {
  const fake = {
    counters: {
      requests: { open, total: 3, failed: 1 },
      calls: { open: 0, total: 2, failed: 1 },
      bytes: { in: 10, out: 20 },
      frames: { in: 1, out: 2 },
    },
    remoteAddress: '127.0.0.1',
    remotePort: 1,
    epoch: 1_000_000,
    kind: 'websocket' as const,
    transport: { terminate: () => {}, watch: () => () => {} },
  };
  const connection: RegisteredConnection['connection'] = {
    id,
    dialect: WIREMUX_1,
    get counters() {
      return fake.counters;
    },
    attached,
    snapshot: () => ({
      id,
      since: 5,
      dialect: 'wiremux.1',
      principal: 'anonymous',
      channels: [],
      attached,
      requests,
      calls: [],
    }),
    client: { supported: false } as ClientCaller,
    drain: () => {},
    close: () => {},
  };
  return Object.assign(fake, { connection });
}

const registry = () => new ConnectionRegistry();

const request = (id: number): ConnectionSnapshot['requests'][number] => ({
  id,
  command: 'rows',
  channel: 'default',
  since: 7,
  state: 'running',
  bytes: 0,
});

describe('ConnectionRegistry', () => {
  it('tells connections from those that wait for their clients, and where a client came back from', () => {
    const connections = registry();
    connections.add(fakeConnection('a'));
    connections.add(fakeConnection('b', 0, [], false));
    expect([connections.size, connections.attached]).toEqual([2, 1]);
    expect(connections.rows()).toMatchObject([
      { id: 'a', attached: true, remote: '127.0.0.1:1' },
      { id: 'b', attached: false, remote: '127.0.0.1:1' },
    ]);

    const terminated: string[] = [];
    connections.resumed('b', {
      remoteAddress: '::1',
      remotePort: 2,
      transport: { terminate: () => void terminated.push('b'), watch: () => () => undefined },
    });
    connections.resumed('c', fakeConnection('c'));
    expect(connections.rows()[1]).toMatchObject({ id: 'b', remote: '[::1]:2' });
    for (const { transport } of connections.all()) transport.terminate();
    expect(terminated).toEqual(['b']);
    expect(connections.size).toBe(2);
  });

  it('adds up the open connections and those that are gone', async () => {
    const connections = registry();
    connections.add(fakeConnection('a'));
    connections.add(fakeConnection('b'));
    expect(connections.size).toBe(2);
    connections.closed('a');
    expect(connections.size).toBe(1);
    expect(connections.totals()).toEqual({
      requests: { open: 0, total: 6, failed: 2 },
      calls: { open: 0, total: 4, failed: 2 },
      bytes: { in: 20, out: 40 },
      frames: { in: 2, out: 4 },
    });
  });

  it('is idle once every connection is closed and every handler has stopped', async () => {
    const connections = registry();
    const slow = fakeConnection('a', 1);
    connections.add(slow);
    let isIdle = false;
    const idle = connections.idle().then(() => {
      isIdle = true;
    });
    connections.closed('a');
    connections.requestEnded();
    await Promise.resolve();
    expect(isIdle).toBe(false);
    expect(connections.totals().requests.open).toBe(1);
    slow.counters = { ...slow.counters, requests: { ...slow.counters.requests, open: 0 } };
    connections.requestEnded();
    await idle;
    expect(connections.totals().requests).toEqual({ open: 0, total: 3, failed: 1 });
  });

  it('is idle at once when nothing is open', async () => {
    await expect(registry().idle()).resolves.toBeUndefined();
  });

  it("tells times as ms since 1970, whatever the connections' clock counts from", () => {
    const connections = registry();
    connections.add(fakeConnection('a', 1, [request(1)]));
    expect(connections.rows()).toMatchObject([{ id: 'a', since: 1_000_005, requests: [{ id: 1, since: 1_000_007 }] }]);
  });

  it('lists the newest 1,000 connections', () => {
    const connections = registry();
    for (let at = 0; at < 1_001; at += 1) connections.add(fakeConnection(`c${at}`));
    const rows = connections.rows();
    expect(rows).toHaveLength(1_000);
    expect([rows[0]?.id, rows.at(-1)?.id]).toEqual(['c1', 'c1000']);
  });

  it('lists 10,000 requests of all connections together', () => {
    const connections = registry();
    const requests = Array.from({ length: 6_000 }, (_, at) => request(at));
    connections.add(fakeConnection('a', 6_000, requests));
    connections.add(fakeConnection('b', 6_000, requests));
    connections.add(fakeConnection('c', 6_000, requests));
    expect(connections.rows().map((row) => row.requests.length)).toEqual([6_000, 4_000, 0]);
  });
});
