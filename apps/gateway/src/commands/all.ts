import { type CommandSet, mergeCommands } from '@wiremux/server';
import { setupError } from '../errors.js';
import { blobCommands } from './blob.js';
import { type Capabilities, capabilitiesCommands } from './capabilities.js';
import { digestCommands } from './digest.js';
import { echoCommands } from './echo.js';
import { type GatewayFigures, gatewayCommands } from './gateway.js';
import { hostCommands } from './host-metrics.js';
import { rowsCommands } from './rows.js';

/**
 * The built-in commands and the operator's, in one set. One of the operator's takes the place of a built-in one of its
 * name.
 * @throws {WiremuxError} `bad-commands` if two of the operator's have the same name
 */
export function allCommands(
  own: readonly CommandSet[],
  figures: GatewayFigures,
  capabilities: Omit<Capabilities, 'commands'>,
  frames: CommandSet,
): CommandSet {
  const builtIn = mergeCommands(
    capabilitiesCommands({ ...capabilities, commands: () => all }),
    echoCommands,
    hostCommands(),
    gatewayCommands(figures),
    frames,
    digestCommands,
    rowsCommands,
    blobCommands,
  );
  const all: CommandSet = new Map([...builtIn, ...merge(own)]);
  return all;
}

function merge(sets: readonly CommandSet[]): CommandSet {
  try {
    return mergeCommands(...sets);
  } catch (error) {
    throw setupError('bad-commands', (error as Error).message, error);
  }
}
