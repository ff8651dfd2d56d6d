import { fileURLToPath } from 'node:url';
import type { DroppedValues } from '@wiremux/client';
import { lastValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { markMemory } from '../support/memory.js';
import { type GatewayProcess, runWiremux, startGateway } from '../support/wiremux.js';

/** Updates that come while the consumer is busy with one value, at 10,000 a second: it takes 10 in that time. */
const PER_VALUE = 1_000;
const VALUES = 20;
const PRODUCED = PER_VALUE * (VALUES + 1);
const SIZE = 8_000;
/** What either process may take above its memory before, MiB: the updates are more. */
const MOST_GROWTH = 96;

const COMMANDS = fileURLToPath(new URL('../support/commands.ts', import.meta.url));
let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startGateway(['--commands', COMMANDS]);
});

describe('SPEC 8.11.17, 8.11.18 10,000 updates a second for a consumer that takes 10', () => {
  it.each([
    ['latest', 1],
    ['drop', 16],
  ] as const)(
    'with %s are fresh, counted and of bounded memory; `block` beside them loses none',
    async (slow, keep) => {
      const label = slow;
      const mux = connectForTest(gateway.mux);
      const ticked = (): Promise<number> => lastValueFrom(mux.call('ticked', { label }));
      const run = mux.request('ticks', { label, count: PRODUCED, size: SIZE }, { slow, keep });
      const dropped = lastValueFrom(run.dropped$);
      const ticks = run[Symbol.asyncIterator]();
      const flood = mux.iterate('flood', { label, size: 1_000 })[Symbol.asyncIterator]();
      const counted = mux.iterate('count', { to: VALUES })[Symbol.asyncIterator]();
      const linux = process.platform === 'linux';
      const marks = linux ? [gateway.child.pid, process.pid].map((pid) => markMemory(pid)) : [];

      const seqs: number[] = [];
      const blocked: unknown[] = [];
      for (let next = 0; seqs.length < VALUES; ) {
        const value = await ticks.next();
        if (value.done === true) break;
        seqs.push(value.value.seq);
        // With `latest` the one value kept is as new as what was there when the gateway was asked, two answers ago.
        if (keep === 1) expect(value.value.seq).toBeGreaterThanOrEqual(next - 1);
        blocked.push((await counted.next()).value);
        await flood.next();
        const before = await ticked();
        do {
          next = await ticked();
        } while (next < Math.min(before + PER_VALUE, PRODUCED));
        await ticked();
        await ticked();
      }
      let received = seqs.length;
      let last = seqs.at(-1);
      for (let value = await ticks.next(); value.done !== true; value = await ticks.next()) {
        received += 1;
        last = value.value.seq;
      }

      const { gateway: there, client: here }: DroppedValues = await dropped;
      expect(received + there + here).toBe(PRODUCED);
      expect(last).toBe(PRODUCED - 1);
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      expect(blocked).toEqual(Array.from({ length: seqs.length }, (_, n) => n));
      const flooded = await lastValueFrom(mux.call('flooded', { label }));
      expect(flooded).toBeLessThan(seqs.length + (256 + 64 + 64) * 1.024);
      for (const mark of marks) expect(mark.growth()).toBeLessThan(MOST_GROWTH);
    },
    120_000,
  );

  it('SPEC 8.11.19 end it with `fail`', async () => {
    const mux = connectForTest(gateway.mux);
    const args = { label: 'fail', count: PRODUCED, size: SIZE };
    const run = mux.request('ticks', args, { slow: 'fail', keep: 8 });
    const ticks = run[Symbol.asyncIterator]();
    await ticks.next();
    expect(await lastValueFrom(run.state$)).toMatchObject({ state: 'ended', error: { code: 'slow-reader' } });
    const rest = async (): Promise<void> => {
      while ((await ticks.next()).done !== true);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'slow-reader' });
  });

  it('can be asked for on the command line, which says how many it left out', async () => {
    const ticks = ['call', gateway.mux, 'ticks', '--args', '{"label":"cli","count":3000,"size":10}'];
    const { status, stdout, stderr } = await runWiremux([...ticks, '--slow', 'drop', '--keep', '2']);
    const [, left = '0'] = /^(\d+) values were left out: \d+ by the gateway, \d+ here\.$/m.exec(stderr) ?? [];
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').length + Number(left)).toBe(3_000);
    expect(stdout).toMatch(/"seq":2999,.*\n$/);
  });

  it.each([
    ['--keep', '0'],
    ['--keep', '65537'],
    ['--slow', 'sometimes'],
  ])('cannot be asked for with %s %s', async (option, value) => {
    const { status, stderr } = await runWiremux(['call', gateway.mux, 'nothing', option, value]);
    expect(status).toBe(2);
    expect(stderr).toContain(value);
  });
});
