import { fileURLToPath } from 'node:url';
import { zlib } from '@wiremux/framing/zlib';
import { lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { type MemoryMark, markMemory } from '../support/memory.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';
import { CHAOS, PATIENCE, tell } from './options.js';
import { type Plan, seededPlan, type Weather } from './plan.js';
import { ChaosProxy } from './proxy.js';
import type { chaosContract } from './workload/commands.js';
import { type ChaosMux, drawJobs, runJob, servePage } from './workload/jobs.js';
import { checked } from './workload/series.js';

const COMMANDS = fileURLToPath(new URL('workload/commands.ts', import.meta.url));

/** A half-open connection is noticed after two of these, ms: longer than a busy machine keeps a process waiting. */
const PING = 1_000;

/** Requests at once. */
const JOBS = 100;

/** Slow in every way, but nothing is lost. */
const SLOW: Weather = { every: 20_000, weights: { stall: 4, delay: 2, throttle: 3 }, longest: 30 };

/** Connections break anywhere, in any direction, also without a word. */
const BROKEN: Weather = {
  every: 60_000,
  weights: { cut: 12, end: 4, swallow: 1, vanish: 1, stall: 4, delay: 1, throttle: 2 },
  longest: 20,
  respite: 200_000,
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
      const outcomes = await Promise.all(drawJobs(seed, JOBS, 3).map((job) => runJob(mux, job)));
      expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
      mux.close();
      await proxy.close();
      return `${JOBS} requests through ${proxy.log.length} stalls, delays and narrows`;
    }),
  );

  it('that breaks: a session goes on, and every consumer sees exactly its values, in order, once', {
    timeout: PATIENCE,
  }, async () => {
    let broken = 0;
    let requests = 0;
    const { values, bytes } = checked;
    await soak(
      async (seed) => {
        const { proxy, mux } = await open(seededPlan(seed, BROKEN));
        const resumed = countResumed(mux);
        // The gateway counts its runs by their labels, those of every scenario.
        const jobs = drawJobs(seed, JOBS, 3).map((job) => ({ ...job, label: `broken ${job.label}` }));
        const outcomes = await Promise.all(jobs.map((job) => runJob(mux, job)));
        expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
        const runs = await lastValueFrom(connectForTest<typeof chaosContract>(gateway.mux).call('chaos.runs'));
        expect(jobs.map(({ label }) => runs[label])).toEqual(jobs.map(() => 1));
        broken += proxy.broken;
        requests += JOBS;
        mux.close();
        await proxy.close();
        return `${proxy.broken} of ${proxy.connections} connections broke, ${resumed()} resumes, ${JOBS} requests`;
      },
      () => broken >= CHAOS.cuts,
    );
    const mebibytes = ((checked.bytes - bytes) / 2 ** 20).toFixed(0);
    tell(
      `${broken} connections broke, ${requests} requests: ${checked.values - values} values, ${mebibytes} MiB checked`,
    );
  });
});

/** How often the connection has come back so far. */
function countResumed({ status$ }: ChaosMux): () => number {
  let count = 0;
  let wasResuming = false;
  status$.subscribe(({ state }) => {
    if (state === 'open' && wasResuming) count += 1;
    wasResuming = state === 'resuming' || (wasResuming && state !== 'open');
  });
  return () => count;
}
