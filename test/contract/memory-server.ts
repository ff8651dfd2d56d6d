import type { Dial } from '@wiremux/client';
import { DIALECTS, selectDialect, WiremuxError } from '@wiremux/framing';
import { memoryTransportPair } from '@wiremux/framing/testing';
import { type CommandSet, serveConnection } from '@wiremux/server';
import { clock } from '../support/clock.js';

/** Serves commands without a network: each connection that a client dials is a pair of transports in memory. */
export function dialMemory(commands: CommandSet): Dial {
  return async (_url, protocols) => {
    const dialect = selectDialect(protocols, DIALECTS);
    if (dialect === undefined) throw new WiremuxError('connect-failed', `Nobody speaks ${protocols.join(', ')}.`);
    const [client, server] = memoryTransportPair(clock);
    serveConnection({ transport: server, clock, dialect, commands });
    return Object.assign(client, { protocol: dialect.name });
  };
}
