import type { AddressInfo, Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** Where a server listens. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}

/** Resolves when all that was given to a socket has been handed to the kernel. */
export function drained(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => streamOf(socket).write('', () => resolve()));
}

/** `ws` keeps the TCP socket in a field that is not part of its documented interface, but stable for years. */
function streamOf(socket: WebSocket): Socket {
  return (socket as unknown as { readonly _socket: Socket })._socket;
}
