import { type Commands, type ConnectOptions, connect, type Mux } from '@wiremux/client';
import { type Clock, WIREMUX_1 } from '@wiremux/framing';
import { type MemoryTransport, memoryTransportPair } from '@wiremux/framing/testing';
import { type CommandSet, type ServerConnection, type ServerConnectionOptions, serveConnection } from '@wiremux/server';

/** A client and the server it is connected to, in memory. */
export interface Pair {
  readonly mux: Mux<Commands>;
  readonly server: ServerConnection;
  readonly serverTransport: MemoryTransport;
}

export interface PairOptions {
  readonly client?: Pick<ConnectOptions, 'limits'>;
  readonly server?: Pick<ServerConnectionOptions, 'limits'>;
}

/** Connects the two by `clock`; what they say at first is on its way. */
export function connectPair(clock: Clock, commands: CommandSet, options: PairOptions = {}): Pair {
  const [clientTransport, serverTransport] = memoryTransportPair(clock);
  const server = serveConnection({
    transport: serverTransport,
    clock,
    dialect: WIREMUX_1,
    commands,
    ...options.server,
  });
  const mux = connect('ws://in.memory/', {
    transport: async () => Object.assign(clientTransport, { protocol: WIREMUX_1.name }),
    clock,
    reconnect: false,
    ...options.client,
  });
  return { mux, server, serverTransport };
}
