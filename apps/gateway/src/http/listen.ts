import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WiremuxError } from '@wiremux/framing';
import { setupError } from '../errors.js';

/**
 * Begins to listen, and returns the port.
 * @throws {WiremuxError} `port-taken` or `listen-failed`
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port);
  }
  return (server.address() as AddressInfo).port;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): WiremuxError {
  if (error.code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is taken: stop what listens there, or choose another with --port (0 picks a free one).`;
    return setupError('port-taken', message, error);
  }
  const message = `Cannot listen on ${host}, port ${port} (${error.code ?? error.message}): check --host and --port.`;
  return setupError('listen-failed', message, error);
}
