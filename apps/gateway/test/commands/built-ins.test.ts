import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ENCODING_NAMES } from '../../src/encodings.js';
import { startGateway } from '../support/gateway.js';
import { connectMux } from '../support/mux-client.js';

const share = expect.closeTo(0.5, 0) as number;

describe.each(['wiremux.1', 'exp-framing-0006'] as const)('built-in commands over %s', (dialect) => {
  it('echo yields its arguments once', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port, dialect);
    const args = { number: 1, list: [true, null], nested: { deep: 7 } };
    expect(await client.call('echo', args).done).toEqual([args]);
  });

  it('capabilities describes the gateway and each command', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port, dialect);
    const [capabilities] = await client.call('capabilities').done;
    expect(capabilities).toMatchObject({
      name: 'wiremux',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      dialects: ['wiremux.1', 'exp-framing-0006', 'exp-framing-0005', 'exp-framing-0003', 'exp-framing-0002'],
      encodings: ENCODING_NAMES,
      limits: { framePayload: 65_535, openRequests: 1_024 },
    });
    const { commands } = capabilities as { commands: { name: string; about: string; restartable: boolean }[] };
    expect(commands.map(({ name }) => name).sort()).toEqual([
      'blob',
      'capabilities',
      'digest',
      'echo',
      'gateway.connections',
      'gateway.frames',
      'gateway.stats',
      'host.metrics',
      'rows',
    ]);
    expect(commands.flatMap(({ name, restartable }) => (restartable ? [name] : [])).sort()).toEqual([
      'capabilities',
      'echo',
      'gateway.connections',
      'gateway.stats',
      'host.metrics',
      'rows',
    ]);
    for (const { about } of commands) expect(about).toMatch(/^[A-Z].*\.$/);
    expect(commands).toContainEqual(
      expect.objectContaining({
        name: 'digest',
        takesData: true,
        channel: 'bulk',
        args: expect.objectContaining({
          type: 'object',
          properties: expect.objectContaining({
            algorithm: expect.objectContaining({ default: 'sha256', description: 'Name of the hash.' }) as object,
          }) as object,
        }) as object,
      }),
    );
  });

  it('host.metrics tells of the machine, at once and then periodically', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port, dialect);
    const answer = client.call('host.metrics', { every: 50 });
    const values = (await answer.count(3)) as { seq: number; time: number; cpu: Record<string, number> }[];
    expect(values.slice(0, 3).map(({ seq }) => seq)).toEqual([0, 1, 2]);
    for (const { cpu } of values) {
      expect((cpu['user'] as number) + (cpu['system'] as number) + (cpu['idle'] as number)).toBeCloseTo(1);
    }
    expect(values[0]).toEqual({
      seq: 0,
      time: expect.any(Number) as number,
      cpu: {
        user: share,
        system: share,
        idle: share,
        cores: expect.arrayContaining([expect.any(Number)]) as number[],
      },
      memory: {
        total: expect.any(Number) as number,
        used: expect.any(Number) as number,
        free: expect.any(Number) as number,
      },
      load: [expect.any(Number), expect.any(Number), expect.any(Number)],
      network: { rxBytes: expect.any(Number) as number, txBytes: expect.any(Number) as number },
      disk: { readBytes: expect.any(Number) as number, writeBytes: expect.any(Number) as number },
    });
    answer.cancel();
    await answer.done;
  });

  it('gateway.stats counts connections, requests, bytes and frames', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port, dialect);
    await client.call('echo').done;
    await client.call('no-such-command').done.catch(() => {});
    const [stats] = await client.call('gateway.stats', { every: 50 }).count(1);
    expect(stats).toMatchObject({
      seq: 0,
      connections: 1,
      detached: 0,
      requests: { open: 1, total: 3, failed: 1 },
      calls: { open: 0, total: 0, failed: 0 },
      bytes: { in: expect.any(Number) as number, out: expect.any(Number) as number },
      frames: { in: expect.any(Number) as number, out: expect.any(Number) as number },
      memory: expect.any(Number) as number,
      eventLoopDelay: expect.any(Number) as number,
    });
  });

  it('gateway.connections lists each connection with its channels and requests', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port, dialect);
    const answer = client.call('gateway.connections', { every: 50 });
    const lists = (await answer.count(2)) as Record<string, unknown>[][];
    expect(lists[1]).toEqual([
      {
        id: 'c1',
        since: expect.any(Number) as number,
        transport: 'websocket',
        dialect,
        principal: 'anonymous',
        remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
        attached: true,
        channels: expect.arrayContaining([
          {
            stream: expect.any(Number) as number,
            direction: 'out',
            name: 'default',
            encoding: 'identity',
            requests: [answer.id],
            frames: expect.any(Number) as number,
            bytes: expect.any(Number) as number,
            plainBytes: expect.any(Number) as number,
            queued: 0,
          },
        ]) as unknown[],
        requests: [
          {
            id: answer.id,
            command: 'gateway.connections',
            channel: 'default',
            since: expect.any(Number) as number,
            state: 'running',
            bytes: expect.any(Number) as number,
          },
        ],
        calls: [],
      },
    ]);
    const since = lists[1]?.[0]?.['since'] as number;
    expect(Math.abs(Date.now() - since)).toBeLessThan(60_000);
  });

  it('digest hashes the data and tells how far it is', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port, dialect);
    const data = Array.from({ length: 80 }, (_, at) => new Uint8Array(32_768).fill(at));
    const hash = createHash('sha512');
    for (const piece of data) hash.update(piece);
    const answer = client.call('digest', { algorithm: 'sha512' }, data);
    expect(await answer.done).toEqual([{ algorithm: 'sha512', digest: hash.digest('hex'), bytes: 80 * 32_768 }]);
    const positions = answer.progress.map(({ pos }) => pos);
    expect(positions.at(-1)).toBe(-1);
    expect(positions.slice(0, -1)).toEqual(positions.slice(0, -1).toSorted((one, other) => one - other));
    expect(Math.max(...positions)).toBeGreaterThan(1024 * 1024);
  });

  it('digest of no data is that of the empty string', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port, dialect);
    const digest = createHash('sha256').digest('hex');
    expect(await client.call('digest').done).toEqual([{ algorithm: 'sha256', digest, bytes: 0 }]);
  });

  it('rows yields as many rows as asked for, the same every time', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port, dialect);
    const rows = await client.call('rows', { count: 5_000 }).done;
    expect(rows).toHaveLength(5_000);
    expect(rows[4_999]).toEqual({
      id: 4_999,
      symbol: expect.stringMatching(/^[A-Z]{4}$/) as string,
      price: expect.any(Number) as number,
      size: expect.any(Number) as number,
      side: expect.stringMatching(/^(buy|sell)$/) as string,
    });
    expect(await client.call('rows', { count: 5_000 }).done).toEqual(rows);
  });

  it('blob yields pieces and a shorter last one', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port, dialect);
    const pieces = (await client.call('blob', { bytes: 100_000 }).done) as Uint8Array[];
    expect(pieces.map(({ length }) => length)).toEqual([32_768, 32_768, 32_768, 1_696]);
    expect([pieces[3]?.[0], pieces[3]?.[300]]).toEqual([0, 300 & 255]);
    expect(await client.call('blob', { bytes: 10, piece: 20 }).done).toEqual([
      Uint8Array.from({ length: 10 }, (_, at) => at),
    ]);
    expect(await client.call('blob', { bytes: 0 }).done).toEqual([]);
    const [whole, ...more] = (await client.call('blob', { bytes: 100_000, whole: true }).done) as Uint8Array[];
    expect(more).toEqual([]);
    expect(whole).toEqual(Uint8Array.from({ length: 100_000 }, (_, at) => at));
    expect(await client.call('blob', { bytes: 0, whole: true }).done).toEqual([new Uint8Array(0)]);
  });
});

describe('arguments of built-in commands', () => {
  it.each([
    ['host.metrics', { every: 49 }],
    ['host.metrics', { every: 3_600_001 }],
    ['host.metrics', { every: 50.5 }],
    ['host.metrics', { evry: 50 }],
    ['gateway.stats', { every: 'often' }],
    ['gateway.connections', { every: 0 }],
    ['digest', { algorithm: 'no-such-hash' }],
    ['digest', { algorithm: 'RSA-SHA256' }],
    ['rows', {}],
    ['rows', { count: -1 }],
    ['rows', { count: 1_000_000_001 }],
    ['blob', { bytes: 1, piece: 0 }],
    ['blob', { bytes: 1, piece: 1024 * 1024 + 1 }],
    ['blob', { bytes: 2 ** 40 + 1 }],
  ])('%s %j are refused', async (name, args) => {
    const { port } = await startGateway();
    const client = await connectMux(port);
    await expect(client.call(name, args).done).rejects.toMatchObject({ code: 'bad-arguments' });
  });
});
