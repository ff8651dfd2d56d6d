import { WiremuxError } from '@wiremux/framing';
import { type CommandSet, command, defineCommands, implement, type Principal } from '@wiremux/server';
import { z } from 'zod';
import type { TapPoints } from '../tap/tap-points.js';

const inOut = z.object({ in: z.int(), out: z.int() });

const Frame = z.object({
  seq: z.int(),
  time: z.number().describe('Milliseconds since 1970.'),
  direction: z.enum(['in', 'out']),
  offset: z.int(),
  requestId: z.int(),
  streamId: z.int(),
  streamFlags: z.string(),
  type: z.string(),
  flags: z.string(),
  payload: z.string(),
  bytes: z.int(),
  plainBytes: z.int().optional(),
  encoding: z.string().optional(),
  command: z.string().optional(),
  values: z.array(z.string()).readonly().optional(),
  moreValues: z.int().optional(),
  problem: z.object({ rule: z.string(), message: z.string() }).optional(),
  note: z.string().optional(),
});

const contract = defineCommands({
  'gateway.frames': command({
    about: 'The frames of one connection as they pass, for as long as they are watched; only for those who may tap.',
    args: z.strictObject({
      connection: z.string().min(1).max(64).describe('Id, as gateway.connections lists it.'),
      every: z.int().min(50).max(60_000).default(100).describe('Milliseconds between two values, at least.'),
      direction: z.enum(['in', 'out']).optional().describe('Only frames from the client (in), or to it (out).'),
      types: z.array(z.string().max(64)).max(16).optional().describe('Only frames of these types.'),
      requests: z.array(z.int().min(0).max(65_535)).max(64).optional().describe('Only frames of these requests.'),
      streams: z.array(z.int().min(0).max(255)).max(64).optional().describe('Only frames of these streams.'),
      commands: z.array(z.string().max(255)).max(64).optional().describe('Only frames of these commands.'),
    }),
    yields: z.object({
      frames: z.array(Frame).readonly(),
      dropped: z.int().describe('Frames left out so far: more passed than could be described, or were taken.'),
      missed: inOut.describe('Bytes so far in which no frame could be told to begin.'),
      closed: z.boolean().describe('The connection is gone.'),
    }),
  }),
});

/** `gateway.frames`: watches a connection for somebody who may. */
export function framesCommands(points: TapPoints, mayTap: (principal: Principal) => boolean): CommandSet {
  return implement(contract, {
    'gateway.frames': async function* ({ connection, every, ...filter }, context) {
      if (!mayTap(context.principal)) {
        throw new WiremuxError(
          'not-allowed',
          'You may not tap connections of this gateway; its setting `tap` says who may.',
        );
      }
      const open = points.open(connection, context, filter);
      try {
        yield* open.tap.batches(every, context.signal);
      } finally {
        open.close();
      }
    },
  });
}
