import { DIALECT_NAMES, type DialectName, type Limits } from '@wiremux/framing';
import { type CommandSet, command, defineCommands, describeCommands, implement } from '@wiremux/server';
import { z } from 'zod';
import { VERSION } from '../version.js';

const contract = defineCommands({
  capabilities: command({
    about: 'What this gateway speaks, allows and serves.',
    args: z.strictObject({}),
    yields: z.object({
      name: z.string(),
      version: z.string(),
      dialects: z.array(z.enum(DIALECT_NAMES)).readonly(),
      encodings: z.array(z.string()).readonly(),
      limits: z.record(z.string(), z.number()).readonly(),
      commands: z.array(
        z.object({
          name: z.string(),
          about: z.string(),
          args: z.record(z.string(), z.unknown()).readonly(),
          takesData: z.boolean(),
          channel: z.string(),
        }),
      ),
    }),
  }),
});

/** What `capabilities` tells of. */
export interface Capabilities {
  readonly dialects: readonly DialectName[];
  readonly limits: Limits;
  /** Every command served; asked for with each request, since the set has `capabilities` in it too. */
  readonly commands: () => CommandSet;
}

/** The command `capabilities`. */
export function capabilitiesCommands({ dialects, limits, commands }: Capabilities): CommandSet {
  return implement(contract, {
    capabilities: () => ({
      name: 'wiremux',
      version: VERSION,
      dialects,
      encodings: ['identity'],
      limits: { ...limits },
      commands: describeCommands(commands()),
    }),
  });
}
