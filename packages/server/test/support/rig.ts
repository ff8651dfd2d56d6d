import { type Dialect, type DialectName, dialectByName } from '@wiremux/framing';
import { type MemoryTransport, memoryTransportPair, VirtualClock } from '@wiremux/framing/testing';
import type { CommandSet } from '../../src/command-set.js';
import { type ServerConnection, serveConnection } from '../../src/connection.js';
import type { ServerConnectionOptions } from '../../src/connection-options.js';
import type { Logger, LogMethod } from '../../src/logger.js';
import { TestClient, type TestClientOptions } from './test-client.js';

export interface LogLine {
  readonly level: keyof Logger;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A logger that keeps its lines. */
export function recordingLogger(lines: LogLine[]): Logger {
  const method =
    (level: keyof Logger): LogMethod =>
    (fields, message) =>
      void lines.push({ level, fields, message });
  return { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error') };
}

/** A connection in memory, both its ends, and the time they live in. */
export interface Rig {
  readonly clock: VirtualClock;
  readonly client: TestClient;
  readonly server: ServerConnection;
  readonly clientTransport: MemoryTransport;
  readonly serverTransport: MemoryTransport;
  readonly log: LogLine[];
}

export interface RigOptions {
  readonly dialect?: DialectName;
  readonly server?: Partial<Omit<ServerConnectionOptions, 'transport' | 'clock' | 'dialect' | 'commands' | 'log'>>;
  readonly client?: Partial<Pick<TestClientOptions, 'limits' | 'token' | 'codecs' | 'serves'>>;
}

/** Serves `commands` to a client, and settles what both say at first. */
export async function serve(commands: CommandSet, options: RigOptions = {}): Promise<Rig> {
  const clock = new VirtualClock();
  const dialect = knownDialect(options.dialect ?? 'wiremux.1');
  const [clientTransport, serverTransport] = memoryTransportPair(clock);
  const log: LogLine[] = [];
  const server = serveConnection({
    id: 'test',
    transport: serverTransport,
    clock,
    dialect,
    commands,
    log: recordingLogger(log),
    ...options.server,
  });
  const client = new TestClient({ transport: clientTransport, clock, dialect, ...options.client });
  await clock.settle();
  return { clock, client, server, clientTransport, serverTransport, log };
}

export function knownDialect(name: DialectName): Dialect {
  const dialect = dialectByName(name);
  if (dialect === undefined) throw new Error(`There is no dialect ${name}.`);
  return dialect;
}
