import { freemem, loadavg, totalmem } from 'node:os';
import { type CommandSet, command, defineCommands, implement } from '@wiremux/server';
import { z } from 'zod';
import { readCounters } from './host/counters.js';
import { cpuMeter } from './host/cpu.js';
import { every } from './period.js';
import { newest, Sampler, type Take } from './sampler.js';

const share = z.number().min(0).max(1);
const bytes = z.number().min(0);

const HostSample = z.object({
  time: z.number().describe('Milliseconds since 1970.'),
  cpu: z.object({ user: share, system: share, idle: share, cores: z.array(share).readonly() }),
  memory: z.object({ total: bytes, used: bytes, free: bytes }),
  load: z.array(z.number()).length(3).describe('Averages of 1, 5 and 15 minutes.'),
  network: z.object({ rxBytes: bytes, txBytes: bytes }),
  disk: z.object({ readBytes: bytes, writeBytes: bytes }),
});

const contract = defineCommands({
  'host.metrics': command({
    about:
      'Processor, memory, load, network and disk of the machine the gateway runs on, for as long as it is watched.',
    args: z.strictObject({ every }),
    yields: HostSample.extend({ seq: z.int().describe('Counts from 0: a gap is values that were not read in time.') }),
    restartable: true,
  }),
});

/** `host.metrics`, with one sampler for each period however many watch. */
export function hostCommands(): CommandSet {
  const sampler = new Sampler(beginHostSamples);
  return implement(contract, {
    'host.metrics': async function* ({ every: period }, { signal }) {
      for await (const { seq, value } of newest(sampler.every(period), signal)) yield { seq, ...value };
    },
  });
}

function beginHostSamples(): Take<z.infer<typeof HostSample>> {
  const cpu = cpuMeter();
  return async () => {
    const total = totalmem();
    const free = freemem();
    const counters = await readCounters();
    return { time: Date.now(), cpu: cpu(), memory: { total, used: total - free, free }, load: loadavg(), ...counters };
  };
}
