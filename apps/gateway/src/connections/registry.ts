import { isIPv6 } from 'node:net';
import type { DialectName } from '@wiremux/framing';
import type {
  CallSnapshot,
  ClientCaller,
  ConnectionCounters,
  RequestCounters,
  RequestSnapshot,
  ServerConnection,
} from '@wiremux/server';
import type { TappedTransport } from '../tap/tapped-transport.js';
import { type Channel, ChannelMap } from './channel-map.js';

/** Connections told of at once, the newest; and requests of all of them together. */
const MOST_CONNECTIONS = 1_000;
const MOST_REQUESTS = 10_000;

/** What carries a connection. */
export const TRANSPORT_KINDS = ['websocket', 'http'] as const;
export type TransportKind = (typeof TRANSPORT_KINDS)[number];

/** An open connection and what the gateway knows of it beside its protocol. */
export interface RegisteredConnection {
  readonly connection: Pick<
    ServerConnection,
    'id' | 'dialect' | 'attached' | 'client' | 'counters' | 'snapshot' | 'drain' | 'close'
  >;
  readonly kind: TransportKind;
  /** What carries it, or did last. */
  transport: Pick<TappedTransport, 'terminate' | 'watch'>;
  /** The other end of that. */
  remoteAddress: string;
  remotePort: number;
  /** What its clock counts from, ms since 1970; taken once, so that a time does not change while it is watched. */
  readonly epoch: number;
}

/** A connection as `gateway.connections` tells of it. Times are ms since 1970. */
export interface ConnectionRow {
  readonly id: string;
  readonly since: number;
  readonly transport: TransportKind;
  readonly dialect: DialectName;
  readonly principal: string;
  readonly remote: string;
  /** Whether a transport carries it. Without one its session waits for its client, and `remote` is where that was. */
  readonly attached: boolean;
  readonly channels: readonly Channel[];
  readonly requests: readonly RequestSnapshot[];
  /** What the gateway asks of the client. */
  readonly calls: readonly CallSnapshot[];
}

/** The open connections of a gateway, and the sums of all there ever were. */
export class ConnectionRegistry {
  readonly #open = new Map<string, RegisteredConnection>();
  /** Those that are closed while handlers of theirs have not stopped yet. */
  readonly #stopping = new Set<RegisteredConnection>();
  readonly #idleWaiters: (() => void)[] = [];
  #ended: ConnectionCounters = NOTHING;

  /** Connections open now, those included that wait for their clients. */
  get size(): number {
    return this.#open.size;
  }

  /** Those that a transport carries. */
  get attached(): number {
    return this.all().filter(({ connection }) => connection.attached).length;
  }

  /** Connections of that kind open now. */
  count(kind: TransportKind): number {
    return this.all().filter((registered) => registered.kind === kind).length;
  }

  /** Holds a connection until it has closed and its handlers have stopped. */
  add(registered: RegisteredConnection): void {
    this.#open.set(registered.connection.id, registered);
  }

  /** A connection has closed. */
  closed(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    this.#stopping.add(open);
    this.#sweep();
  }

  /** An open connection. */
  get(id: string): RegisteredConnection | undefined {
    return this.#open.get(id);
  }

  /** The client of a connection has come back over another transport. */
  resumed(id: string, newer: Pick<RegisteredConnection, 'transport' | 'remoteAddress' | 'remotePort'>): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    open.transport = newer.transport;
    open.remoteAddress = newer.remoteAddress;
    open.remotePort = newer.remotePort;
  }

  /** A handler of some connection has stopped. */
  requestEnded(): void {
    if (this.#stopping.size > 0) this.#sweep();
  }

  /** Resolves when no connection is open and no handler runs. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.#sweep();
    });
  }

  /** What all connections have done, those that are closed included. */
  totals(): ConnectionCounters {
    const live = [...this.#open.values(), ...this.#stopping];
    return live.map(({ connection }) => connection.counters).reduce(sum, this.#ended);
  }

  /** Every open connection. */
  all(): RegisteredConnection[] {
    return [...this.#open.values()];
  }

  /** The clients of the open connections that can be called, by the ids of those. */
  clients(): Map<string, ClientCaller> {
    const callable = this.all().filter(({ connection }) => connection.client.supported);
    return new Map(callable.map(({ connection }) => [connection.id, connection.client]));
  }

  /** The client of an open connection. */
  client(id: string): ClientCaller | undefined {
    return this.#open.get(id)?.connection.client;
  }

  /** The open connections for people, the oldest first: the newest 1,000, with 10,000 requests and calls at most. */
  rows(): ConnectionRow[] {
    let requestsLeft = MOST_REQUESTS;
    const rows: ConnectionRow[] = [];
    for (const open of [...this.#open.values()].slice(-MOST_CONNECTIONS)) {
      const row = describe(open, requestsLeft);
      requestsLeft -= row.requests.length + row.calls.length;
      rows.push(row);
    }
    return rows;
  }

  #sweep(): void {
    for (const registered of this.#stopping) {
      const { counters } = registered.connection;
      if (counters.requests.open > 0) continue;
      this.#stopping.delete(registered);
      this.#ended = sum(this.#ended, counters);
    }
    if (this.#open.size > 0 || this.#stopping.size > 0) return;
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}

function describe(registered: RegisteredConnection, requestsLeft: number): ConnectionRow {
  const { connection, kind, remoteAddress, remotePort, epoch } = registered;
  const { id, since, dialect, principal, attached, channels, requests, calls } = connection.snapshot();
  const listed = requests.slice(0, requestsLeft);
  const listedCalls = calls.slice(0, requestsLeft - listed.length);
  return {
    id,
    since: Math.round(epoch + since),
    transport: kind,
    dialect,
    principal,
    remote: `${isIPv6(remoteAddress) ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`,
    attached,
    channels: new ChannelMap(channels, listed).list(),
    requests: listed.map((request) => ({ ...request, since: Math.round(epoch + request.since) })),
    calls: listedCalls.map((call) => ({ ...call, since: Math.round(epoch + call.since) })),
  };
}

const NOTHING: ConnectionCounters = {
  requests: { open: 0, total: 0, failed: 0 },
  calls: { open: 0, total: 0, failed: 0 },
  bytes: { in: 0, out: 0 },
  frames: { in: 0, out: 0 },
};

function sumOfRequests(a: RequestCounters, b: RequestCounters): RequestCounters {
  return { open: a.open + b.open, total: a.total + b.total, failed: a.failed + b.failed };
}

function sum(a: ConnectionCounters, b: ConnectionCounters): ConnectionCounters {
  return {
    requests: sumOfRequests(a.requests, b.requests),
    calls: sumOfRequests(a.calls, b.calls),
    bytes: { in: a.bytes.in + b.bytes.in, out: a.bytes.out + b.bytes.out },
    frames: { in: a.frames.in + b.frames.in, out: a.frames.out + b.frames.out },
  };
}
