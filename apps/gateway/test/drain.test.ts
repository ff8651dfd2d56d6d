import { CloseCode } from '@wiremux/framing';
import { VirtualClock } from '@wiremux/framing/testing';
import type { ServerConnection } from '@wiremux/server';
import { describe, expect, it } from 'vitest';
import { resolveSettings } from '../src/config/resolve.js';
import { ConnectionRegistry, type TransportKind } from '../src/connections/registry.js';
import { type DrainPlan, drain, drainPlan } from '../src/drain.js';
import { recordingLog } from './support/gateway.js';

const NOTICE = { after: 500, jitter: 2_000, reason: 'The gateway is closing.' };

/** A connection of the registry that keeps what it is told, and when. */
class FakeConnection {
  readonly told: number[] = [];
  readonly closedWith: [code: number | undefined, at: number][] = [];
  terminatedAt: number | undefined;
  /** Handlers that have not stopped. */
  running = 0;
  /** It answers a close. */
  closes = true;
  readonly #clock: VirtualClock;
  readonly #registry: ConnectionRegistry;
  readonly #id: string;

  constructor(registry: ConnectionRegistry, clock: VirtualClock, id: string, kind: TransportKind) {
    this.#clock = clock;
    this.#registry = registry;
    this.#id = id;
    const counters = () => ({
      requests: { open: this.running, total: 1, failed: 0 },
      calls: { open: 0, total: 0, failed: 0 },
      bytes: { in: 0, out: 0 },
      frames: { in: 0, out: 0 },
    });
    const connection = {
      id,
      get counters() {
        return counters();
      },
      drain: () => void this.told.push(clock.now()),
      close: (code?: CloseCode) => {
        this.closedWith.push([code, clock.now()]);
        if (this.closes) this.leave();
      },
    } as unknown as ServerConnection;
    const terminate = (): void => {
      this.terminatedAt = clock.now();
      this.leave();
    };
    const transport = { terminate, watch: () => () => undefined };
    registry.add({ connection, transport, kind, remoteAddress: '', remotePort: 0, epoch: 0 });
  }

  /** Its client has gone. */
  leave(): void {
    this.#registry.closed(this.#id);
  }

  get now(): number {
    return this.#clock.now();
  }
}

function rig(count: number, plan: Partial<DrainPlan> = {}, kind: TransportKind = 'websocket') {
  const clock = new VirtualClock();
  const registry = new ConnectionRegistry();
  const connections = Array.from({ length: count }, (_, at) => new FakeConnection(registry, clock, `c${at}`, kind));
  const log = recordingLog();
  const whole = { notice: NOTICE, pace: 1_000, grace: 5_000, ...plan };
  let doneAt: number | undefined;
  const begin = async (): Promise<void> => {
    void drain(registry, whole, clock, log).then(() => {
      doneAt = clock.now();
    });
    await clock.settle();
  };
  return { clock, registry, connections, log, begin, doneAt: () => doneAt };
}

describe('SPEC 8.10.2 telling clients to move', () => {
  it('goes in batches, as many a second as the pace says', async () => {
    const { clock, connections, begin } = rig(250, { pace: 1_000 });
    await begin();
    await clock.advance(1_000);
    const batches = [0, 100, 200].map((at) => connections.filter(({ told }) => told[0] === at).length);
    expect(batches).toEqual([100, 100, 50]);
    expect(connections.every(({ told }) => told.length === 1)).toBe(true);
  });

  it('goes faster where half of the grace would not do', async () => {
    const { clock, connections, begin } = rig(250, { pace: 1, grace: 1_000 });
    await begin();
    await clock.advance(400);
    expect(connections.every(({ told }) => told.length === 1)).toBe(true);
    expect(connections.filter(({ told }) => told[0] === 0)).toHaveLength(50);
  });

  it('ends with the last connection', async () => {
    const { clock, connections, begin, doneAt } = rig(20, { pace: 100 });
    await begin();
    for (const connection of connections) connection.leave();
    await clock.advance(1_000);
    expect(doneAt()).toBe(0);
    expect(connections.filter(({ told }) => told.length > 0)).toHaveLength(10);
  });

  it('is not for HTTP exchanges, which end by themselves', async () => {
    const { clock, connections, begin, doneAt } = rig(1, {}, 'http');
    await begin();
    await clock.advance(4_999);
    expect(connections[0]?.told).toEqual([]);
    expect(connections[0]?.closedWith).toEqual([]);
    connections[0]?.leave();
    await clock.settle();
    expect(doneAt()).toBe(4_999);
  });
});

describe('SPEC 8.10.4 the grace', () => {
  it('is over as soon as no connection is left and no handler runs', async () => {
    const { clock, registry, connections, begin, doneAt } = rig(1);
    const [connection] = connections as [FakeConnection];
    connection.running = 1;
    await begin();
    await clock.advance(3_000);
    connection.leave();
    await clock.settle();
    expect(doneAt()).toBeUndefined();
    connection.running = 0;
    registry.requestEnded();
    await clock.settle();
    expect(doneAt()).toBe(3_000);
    expect(connection.closedWith).toEqual([]);
  });

  it('lets requests run, closes with 1012 what is left a second before its end, and waits for handlers', async () => {
    const { clock, registry, connections, log, begin, doneAt } = rig(1);
    const [connection] = connections as [FakeConnection];
    connection.running = 1;
    await begin();
    await clock.advance(3_999);
    expect(connection.closedWith).toEqual([]);
    await clock.advance(1);
    expect(connection.closedWith).toEqual([[CloseCode.Restart, 4_000]]);
    expect(doneAt()).toBeUndefined();
    await clock.advance(500);
    connection.running = 0;
    registry.requestEnded();
    await clock.settle();
    expect(doneAt()).toBe(4_500);
    expect(log.lines).toEqual(['Requests still run: their connections are closed.']);
  });

  it('drops what has not stopped at its end, and says so', async () => {
    const { clock, connections, log, begin, doneAt } = rig(1);
    const [connection] = connections as [FakeConnection];
    connection.closes = false;
    await begin();
    await clock.advance(4_999);
    expect(doneAt()).toBeUndefined();
    await clock.advance(1);
    expect(connection.terminatedAt).toBe(5_000);
    expect(doneAt()).toBe(5_000);
    expect(log.lines.at(-1)).toBe('The grace is over: what has not stopped is dropped.');
  });

  it('closes HTTP exchanges at its end only', async () => {
    const { clock, connections, begin, doneAt } = rig(1, {}, 'http');
    await begin();
    await clock.advance(5_000);
    expect(connections[0]?.closedWith).toEqual([[CloseCode.Restart, 5_000]]);
    expect(doneAt()).toBe(5_000);
  });

  it.each([
    [0, 0],
    [400, 300],
    [600_000, 599_000],
  ])('of %i ms leaves requests %i ms', async (grace, running) => {
    const { clock, connections, begin } = rig(1, { grace });
    await begin();
    await clock.advance(running);
    expect(connections[0]?.closedWith).toEqual([[CloseCode.Restart, running]]);
  });
});

describe('what the settings say of leaving', () => {
  const settings = (object: Readonly<Record<string, unknown>>) =>
    resolveSettings({ flags: {}, env: {}, object, objectName: 'a test' });

  it('is the notice, the pace and the grace', () => {
    expect(drainPlan(settings({}))).toEqual({ notice: NOTICE, pace: 1_000, grace: 5_000 });
    const given = { drainAfter: 1, drainJitter: 2, drainPace: 3, drainTo: 'wss://b.example/mux', grace: 4 };
    expect(drainPlan(settings(given))).toEqual({
      notice: { after: 1, jitter: 2, at: 'wss://b.example/mux', reason: NOTICE.reason },
      pace: 3,
      grace: 4,
    });
  });

  it.each(['b.example', 'https://b.example/mux', 'wss:'])('has no address like %s', (drainTo) => {
    expect(() => settings({ drainTo })).toThrow(/must be a WebSocket address/);
  });
});
