import { DIALECT_NAMES, type DialectName, type Limits } from '@wiremux/framing';
import {
  type CommandDescription,
  type CommandSet,
  command,
  defineCommands,
  describeCommands,
  implement,
  type RedirectTargets,
} from '@wiremux/server';
import { z } from 'zod';
import { VERSION } from '../version.js';

const contract = defineCommands({
  capabilities: command({
    about: 'What this gateway speaks, allows and serves.',
    restartable: true,
    args: z.strictObject({}),
    yields: z.object({
      name: z.string(),
      version: z.string(),
      dialects: z.array(z.enum(DIALECT_NAMES)).readonly(),
      encodings: z.array(z.string()).readonly(),
      limits: z.record(z.string(), z.number()).readonly(),
      redirects: z.array(z.object({ name: z.string(), origin: z.string() })).readonly(),
      commands: z.array(
        z.object({
          name: z.string(),
          about: z.string(),
          args: z.record(z.string(), z.unknown()).readonly(),
          takesData: z.boolean(),
          channel: z.string(),
          restartable: z.boolean(),
        }),
      ),
    }),
  }),
});

/** What `capabilities` tells of. */
export interface Capabilities {
  readonly dialects: readonly DialectName[];
  /** Content encodings in the order of preference, `identity` the last. */
  readonly encodings: readonly string[];
  readonly limits: Limits;
  /** Where callers can be sent. Its origin tells them whether they can reach a target, and nothing of what is there. */
  readonly redirects: RedirectTargets;
  /** Every command served; asked for with each request, since the set has `capabilities` in it too. */
  readonly commands: () => CommandSet;
  /** What servers behind the gateway say that they serve. */
  readonly upstream: () => Promise<readonly CommandDescription[]>;
}

/** The command `capabilities`. */
export function capabilitiesCommands(capabilities: Capabilities): CommandSet {
  const { dialects, encodings, limits, redirects, commands, upstream } = capabilities;
  return implement(contract, {
    capabilities: async () => ({
      name: 'wiremux',
      version: VERSION,
      dialects,
      encodings,
      limits: { ...limits },
      redirects: Array.from(redirects, ([name, prefix]) => ({ name, origin: new URL(prefix).origin })),
      commands: joinDescriptions(describeCommands(commands()), await upstream()),
    }),
  });
}

/** A command that both tell of is one that an upstream runs under its own name: it knows more about it. */
function joinDescriptions(
  own: readonly CommandDescription[],
  upstream: readonly CommandDescription[],
): CommandDescription[] {
  return [...new Map([...own, ...upstream].map((described) => [described.name, described])).values()];
}
