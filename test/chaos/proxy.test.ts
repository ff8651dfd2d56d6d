import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Fault, type Heading, parseHappened, printHappened } from './faults.js';
import { CALM, type Plan, replayPlan, seededPlan } from './plan.js';
import { ChaosProxy } from './proxy.js';
import { bytesOf } from './workload/series.js';

const SIZE = 200_000;
const bytes = bytesOf('through the proxy', 0, SIZE);

interface Received {
  readonly size: number;
  readonly isIntact: boolean;
  /** It ended in order. */
  readonly ended: boolean;
}

/** All that comes from a socket until it ends. */
function received(socket: Socket): Promise<Received> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const end = (ended: boolean) => (): void => {
      const whole = Buffer.concat(chunks);
      resolve({ size: whole.length, isIntact: whole.equals(bytes.subarray(0, whole.length)), ended });
    };
    socket.on('end', end(true));
    socket.on('close', end(false));
  });
}

/** Resolves once so many bytes have come. */
function arrival(socket: Socket, size: number): Promise<void> {
  let come = 0;
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      come += chunk.length;
      if (come === size) resolve();
    });
  });
}

describe('a chaos proxy', () => {
  let server: Server;
  let accepted: Promise<Socket>;
  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    accepted = once(server, 'connection').then(([socket]) => (socket as Socket).on('error', () => undefined));
    await once(server, 'listening');
  });
  afterEach(() => void server.close());

  const open = async (plan: Plan) => {
    const proxy = await ChaosProxy.listen((server.address() as AddressInfo).port, plan);
    const client = connect({ port: Number(new URL(proxy.mux).port), host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined);
    const gateway = await accepted;
    onTestFinished(async () => {
      client.destroy();
      gateway.destroy();
      await proxy.close();
    });
    return { proxy, client, gateway };
  };
  const planOf =
    (heading: Heading, at: number, fault: Fault): Plan =>
    () => [{ heading, at, fault }];

  it('passes everything both ways where there are no faults', async () => {
    const { client, gateway, proxy } = await open(CALM);
    client.end(bytes);
    gateway.end(bytes);
    const whole = { size: SIZE, isIntact: true, ended: true };
    expect(await Promise.all([received(client), received(gateway)])).toEqual([whole, whole]);
    expect(proxy.report).toBe('');
  });

  it.each<Fault>([
    { kind: 'stall', ms: 3 },
    { kind: 'delay', ms: 3 },
    { kind: 'throttle', bytes: 50_000, rate: 10_000_000 },
  ])('passes everything, later, behind %j', async (fault) => {
    const { client, gateway, proxy } = await open(planOf('up', 1_234, fault));
    client.end(bytes);
    expect(await received(gateway)).toEqual({ size: SIZE, isIntact: true, ended: true });
    expect(proxy.log).toMatchObject([{ connection: 0, heading: 'up', at: 1_234, fault }]);
  });

  it('lets nothing overtake what is delayed where the delay ends', async () => {
    const { client, gateway } = await open(() => [
      { heading: 'up', at: 1_000, fault: { kind: 'delay', ms: 20 } },
      { heading: 'up', at: 5_000, fault: { kind: 'delay', ms: 0 } },
    ]);
    client.end(bytes);
    expect(await received(gateway)).toEqual({ size: SIZE, isIntact: true, ended: true });
  });

  it('cuts both directions behind exactly so many bytes', async () => {
    const { client, gateway } = await open(planOf('up', 5_000, { kind: 'cut' }));
    client.write(bytes);
    // Some of what was on its way may be lost; nothing comes that is behind it.
    const [up, down] = await Promise.all([received(gateway), received(client)]);
    expect(up.size).toBeLessThanOrEqual(5_000);
    expect([up.isIntact, down.size]).toEqual([true, 0]);
  });

  it('ends one direction in order, and leaves the other', async () => {
    const { client, gateway } = await open(planOf('up', 5_000, { kind: 'end' }));
    client.write(bytes);
    expect(await received(gateway)).toEqual({ size: 5_000, isIntact: true, ended: true });
    gateway.end(bytes);
    expect(await received(client)).toEqual({ size: SIZE, isIntact: true, ended: true });
  });

  it.each([
    ['swallow', SIZE],
    ['vanish', 0],
  ] as const)('leaves a connection half open: %s', async (kind, back) => {
    const { client, gateway, proxy } = await open(planOf('up', 5_000, { kind }));
    const sent = received(gateway);
    const here = arrival(gateway, 5_000);
    client.end(bytes);
    const answered = received(client);
    await here;
    gateway.end(bytes);
    if (back > 0) expect(await answered).toMatchObject({ size: back, ended: true });
    proxy.cut();
    expect(await sent).toEqual({ size: 5_000, isIntact: true, ended: false });
    if (back === 0) expect(await answered).toMatchObject({ size: 0, ended: false });
  });

  it('says what it did in lines that can be read again', async () => {
    const { client, gateway, proxy } = await open(
      seededPlan(3, { every: 9_000, weights: { stall: 1, throttle: 1 }, longest: 1 }),
    );
    client.end(bytes);
    await received(gateway);
    expect(proxy.log.length).toBeGreaterThan(3);
    const again = proxy.report.split('\n').map(parseHappened);
    expect(again.map(printHappened)).toEqual(proxy.log.map(printHappened));
    expect(replayPlan(again)(0).map(({ at, fault }) => [at, fault])).toEqual(
      proxy.log.map(({ at, fault }) => [at, fault]),
    );
    expect(replayPlan(again)(1)).toEqual([]);
    expect(() => parseHappened('nothing')).toThrow(SyntaxError);
  });

  it('draws the same faults for the same seed and connection, and others for others', () => {
    const weather = { every: 1_000, weights: { cut: 1, stall: 2 }, longest: 10 } as const;
    expect(seededPlan(1, weather)(4)).toEqual(seededPlan(1, weather)(4));
    expect(seededPlan(1, weather)(4)).not.toEqual(seededPlan(1, weather)(5));
    expect(seededPlan(1, weather)(4)).not.toEqual(seededPlan(2, weather)(4));
  });
});
