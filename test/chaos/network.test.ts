import { fileURLToPath } from 'node:url';
import { zlib } from '@wiremux/framing/zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { type MemoryMark, markMemory } from '../support/memory.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';
import { CHAOS, PATIENCE, tell } from './options.js';
import { type Plan, seededPlan, type Weather } from './plan.js';
import { ChaosProxy } from './proxy.js';
import type { chaosContract } from './workload/commands.js';
import { type ChaosMux, drawJobs, type Outcome, runJob, servePage } from './workload/jobs.js';

const COMMANDS = fileURLToPath(new URL('workload/commands.ts', import.meta.url));

/** A half-open connection is noticed after two of these, ms. */
const PING = 2_000;

/** Requests at once. */
const JOBS = CHAOS.seconds > 0 ? 100 : 42;
/** How often requests that a broken connection ended are made again. */
const TRIES = 20;

/** Slow in every way, but nothing is lost. */
const SLOW: Weather = { every: 20_000, weights: { stall: 4, delay: 2, throttle: 3 }, longest: 30 };

/** Connections break anywhere, in any direction, also without a word. */
const BROKEN: Weather = {
  every: 60_000,
  weights: { cut: 6, end: 2, swallow: 1, vanish: 1, stall: 4, delay: 1, throttle: 2 },
  longest: 20,
};

describe('a network that is slow and breaks', () => {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await startGateway(['--commands', COMMANDS, '--ping-interval', String(PING), '--log-level', 'error']);
  });
  afterAll(() => gateway.child.destroy());

  const open = async (plan: Plan): Promise<{ proxy: ChaosProxy; mux: ChaosMux }> => {
    const proxy = await ChaosProxy.listen(gateway.port, plan);
    onTestFailed(() => tell(`what the network did:\n${proxy.report}`));
    const mux = connectForTest<typeof chaosContract>(proxy.mux, {
      reconnect: { initial: 20, max: 100 },
      transport: 'websocket',
      codecs: [zlib()],
      limits: { pingInterval: PING },
    });
    servePage(mux);
    onTestFinished(async () => {
      mux.close();
      await proxy.close();
    });
    return { proxy, mux };
  };

  /** Rounds, each with a seed of its own, until the time is over and `isEnough`; memory stays bounded all the while. */
  const soak = async (round: (seed: number) => Promise<string>, isEnough = () => true): Promise<void> => {
    const end = performance.now() + CHAOS.seconds * 1_000;
    let memory: MemoryMark | undefined;
    for (let seed = CHAOS.seed; seed === CHAOS.seed || performance.now() < end || !isEnough(); seed += 1) {
      const done = await round(seed);
      // The first round is what everything takes once.
      if (process.platform === 'linux') memory ??= markMemory(gateway.child.pid);
      const growth = memory?.growth() ?? 0;
      tell(`seed ${seed}: ${done}; the gateway has grown by ${growth.toFixed(1)} MiB since the first round`);
      expect(growth).toBeLessThan(CHAOS.growth);
    }
  };

  it('that is only slow: every consumer sees exactly its values, in order', { timeout: PATIENCE }, () =>
    soak(async (seed) => {
      const { proxy, mux } = await open(seededPlan(seed, SLOW));
      const outcomes = await Promise.all(drawJobs(seed, JOBS).map((job) => runJob(mux, job)));
      expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
      mux.close();
      await proxy.close();
      return `${JOBS} requests through ${proxy.log.length} stalls, delays and narrows`;
    }),
  );

  it('that breaks: every consumer sees its values in order, up to the error that says why there are no more', {
    timeout: PATIENCE,
  }, async () => {
    let broken = 0;
    await soak(
      async (seed) => {
        const { proxy, mux } = await open(seededPlan(seed, BROKEN));
        let rest = drawJobs(seed, JOBS);
        let tries = 0;
        for (; rest.length > 0 && tries < TRIES; tries += 1) {
          const outcomes = await Promise.all(rest.map((job) => runJob(mux, job)));
          expect(strange(outcomes)).toEqual([]);
          rest = outcomes.filter(({ error }) => error !== undefined).map(({ job }) => job);
        }
        broken += proxy.broken;
        mux.close();
        await proxy.close();
        return `${proxy.broken} of ${proxy.connections} connections broke, ${JOBS - rest.length} requests came through`;
      },
      () => broken >= CHAOS.cuts,
    );
  });
});

/** What a broken connection may do to a request. With sessions that outlive their connections: nothing. */
const LOSSES: ReadonlySet<string> = new Set(['connection-lost']);

/** Outcomes that no broken connection explains. */
function strange(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(({ error }) => error !== undefined && !LOSSES.has(error.code));
}
