import { fileURLToPath } from 'node:url';
import { filter, firstValueFrom, from } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { markMemory } from '../support/memory.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';
import { CHAOS, PATIENCE, tell } from './options.js';
import { RawClient } from './raw-client.js';
import type { chaosContract } from './workload/commands.js';
import { drawJobs, runJob, servePage } from './workload/jobs.js';

const COMMANDS = fileURLToPath(new URL('workload/commands.ts', import.meta.url));

/** What the gateway may hold for a connection whose client does not read, MiB: a window, and a queue in front of it. */
const PER_READER = 0.375;
/** What its own work takes above its idle memory, MiB. */
const BASE = 64;

const ENDLESS = { label: 'endless', count: 100_000_000, size: 1_000 };
const REQUEST =
  "1 3 stream-begin command-request new cbor:{b'args': {b'count': 100000000, b'label': 'endless', b'size': 1000}, b'credit': 16777216, b'name': b'chaos.rows'}";

interface Stats {
  readonly requests: { readonly open: number };
}

describe.skipIf(process.platform !== 'linux')(`${CHAOS.readers} readers that do not read`, () => {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await startGateway(['--commands', COMMANDS, '--log-level', 'error']);
  });
  afterAll(() => gateway.child.destroy());

  /** Waits until so many requests are open, that of the one who asks not counted. */
  const untilOpen = async (count: number): Promise<void> => {
    const mux = connectForTest(gateway.mux);
    const stats$ = from(mux.iterate('gateway.stats' as never, { every: 50 } as never));
    await firstValueFrom(stats$.pipe(filter((stats) => (stats as Stats).requests.open === count + 1)));
    mux.close();
  };

  const healthy = async (seed: number): Promise<void> => {
    const mux = connectForTest<typeof chaosContract>(gateway.mux);
    servePage(mux);
    const outcomes = await Promise.all(drawJobs(seed, 24).map((job) => runJob(mux, job)));
    expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
    mux.close();
  };

  it.each([
    [
      'take one value and no more',
      async () => {
        const mux = connectForTest<typeof chaosContract>(gateway.mux);
        const values = mux.iterate('chaos.rows', ENDLESS)[Symbol.asyncIterator]();
        await values.next();
        return () => mux.close();
      },
    ],
    [
      'grant all they can, and do not even read',
      async () => {
        const client = await RawClient.greet(gateway.mux);
        client.send(REQUEST);
        client.stopReading();
        return () => client.terminate();
      },
    ],
  ])(
    '%s: the gateway holds no more than their windows, and others are not harmed',
    { timeout: PATIENCE },
    async (_, open) => {
      await healthy(1);
      const memory = markMemory(gateway.child.pid);
      const closers: (() => void)[] = [];
      // In batches: a listener's backlog is short.
      while (closers.length < CHAOS.readers) {
        const batch = Math.min(50, CHAOS.readers - closers.length);
        closers.push(...(await Promise.all(Array.from({ length: batch }, open))));
      }
      await untilOpen(CHAOS.readers);
      for (const seed of [2, 3, 4]) await healthy(seed);
      const growth = memory.growth();
      tell(`${CHAOS.readers} readers cost ${Math.round(growth)} MiB, ${(growth / CHAOS.readers).toFixed(2)} each`);
      expect(growth).toBeLessThan(BASE + CHAOS.readers * PER_READER);
      for (const close of closers) close();
      await untilOpen(0);
      await healthy(5);
    },
  );
});
