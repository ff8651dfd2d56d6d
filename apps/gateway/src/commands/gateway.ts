import { memoryUsage, uptime } from 'node:process';
import { DIALECT_NAMES } from '@wiremux/framing';
import { type CommandSet, command, defineCommands, implement } from '@wiremux/server';
import { z } from 'zod';
import { type ConnectionRegistry, TRANSPORT_KINDS } from '../connections/registry.js';
import { every } from './period.js';
import { newest, Sampler } from './sampler.js';

const time = z.number().describe('Milliseconds since 1970.');
const inOut = z.object({ in: z.int(), out: z.int() });

const counts = z.object({ open: z.int(), total: z.int(), failed: z.int() });

const GatewaySample = z.object({
  time,
  uptime: z.number().describe('Seconds the process has run.'),
  connections: z.int().describe('Those that a transport carries.'),
  detached: z.int().describe('Sessions that wait for their clients.'),
  requests: counts,
  calls: counts.describe('What the gateway asked of its clients.'),
  bytes: inOut,
  frames: inOut,
  memory: z.int().describe('Resident bytes of the process.'),
  heap: z.int().describe('Bytes of its heap in use.'),
  eventLoopDelay: z.number().describe('Milliseconds, the 99th percentile since the value before.'),
});

const Channel = z.object({
  stream: z.int(),
  direction: z.enum(['in', 'out']),
  name: z.string(),
  encoding: z.string(),
  requests: z.array(z.int()).readonly(),
  frames: z.int(),
  bytes: z.int().describe('On the wire.'),
  plainBytes: z.int().describe('The same without encoding.'),
  queued: z.int(),
});

const Request = z.object({
  id: z.int(),
  command: z.string(),
  channel: z.string(),
  since: time,
  state: z.string(),
  bytes: z.int(),
});

const Connection = z.object({
  id: z.string(),
  since: time,
  transport: z.enum(TRANSPORT_KINDS),
  dialect: z.enum(DIALECT_NAMES),
  principal: z.string(),
  remote: z.string(),
  attached: z.boolean().describe('Whether a transport carries it, or its session waits for its client.'),
  channels: z.array(Channel).readonly(),
  requests: z.array(Request).readonly(),
  calls: z
    .array(Request.pick({ id: true, command: true, since: true, state: true }))
    .readonly()
    .describe('What the gateway asks of the client.'),
});

const contract = defineCommands({
  'gateway.stats': command({
    about: "The gateway's own figures, for as long as they are watched.",
    args: z.strictObject({ every }),
    yields: GatewaySample.extend({ seq: z.int() }),
    restartable: true,
  }),
  'gateway.connections': command({
    about: 'The open connections with their channels and requests, for as long as they are watched.',
    args: z.strictObject({ every }),
    yields: z.array(Connection),
    restartable: true,
  }),
});

/** What the commands about the gateway read. */
export interface GatewayFigures {
  readonly connections: ConnectionRegistry;
  /** Milliseconds by which the event loop runs late. */
  readonly loopDelay: () => number;
}

/** `gateway.stats` and `gateway.connections`, each with one sampler for each period however many watch. */
export function gatewayCommands({ connections, loopDelay }: GatewayFigures): CommandSet {
  const stats = new Sampler(() => () => sampleGateway(connections, loopDelay()));
  const lists = new Sampler(() => () => connections.rows());
  return implement(contract, {
    'gateway.stats': async function* ({ every: period }, { signal }) {
      for await (const { seq, value } of newest(stats.every(period), signal)) yield { seq, ...value };
    },
    'gateway.connections': async function* ({ every: period }, { signal }) {
      for await (const { value } of newest(lists.every(period), signal)) yield value;
    },
  });
}

function sampleGateway(connections: ConnectionRegistry, eventLoopDelay: number): z.infer<typeof GatewaySample> {
  const { rss, heapUsed } = memoryUsage();
  return {
    time: Date.now(),
    uptime: uptime(),
    connections: connections.attached,
    detached: connections.size - connections.attached,
    ...connections.totals(),
    memory: rss,
    heap: heapUsed,
    eventLoopDelay,
  };
}
