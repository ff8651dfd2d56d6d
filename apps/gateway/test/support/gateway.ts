import type { Logger } from '@wiremux/server';
import { onTestFinished } from 'vitest';
import type { GatewayOptions } from '../../src/config/settings.js';
import { createGateway, type Gateway, type GatewayAddress } from '../../src/gateway.js';

/** A log that keeps its lines. */
export function recordingLog(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (_fields: unknown, message: string) => void lines.push(message);
  return { lines, debug: write, info: write, warn: write, error: write };
}

/** A gateway that listens on a free port until the test is over, and then leaves without waiting for requests. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway & GatewayAddress> {
  const gateway = createGateway({ port: 0, grace: 0, logger: recordingLog(), ...options });
  onTestFinished(() => gateway.close());
  const address = await gateway.listen();
  return {
    ...address,
    settings: gateway.settings,
    commands: gateway.commands,
    log: gateway.log,
    client: (connection) => gateway.client(connection),
    clients: () => gateway.clients(),
    listen: () => gateway.listen(),
    close: () => gateway.close(),
  };
}
