import type { Dialect } from '@wiremux/framing';
import {
  type ConnectionObserver,
  type ConnectionOptions,
  type RequestFacts,
  type RunOutcome,
  ServerConnection,
  type ServiceOptions,
} from '@wiremux/server';
import { countedAddress } from '../http/address.js';
import type { RequestCounter } from '../metrics.js';
import type { TappedTransport } from '../tap/tapped-transport.js';
import type { FailedConnects } from './failed-connects.js';
import type { ConnectionRegistry, RegisteredConnection, TransportKind } from './registry.js';

/** Who is told what happens on the connections of a gateway. */
export interface Watchers {
  readonly connections: ConnectionRegistry;
  readonly failedConnects: FailedConnects;
  readonly requests: RequestCounter;
  /** The name that a command is counted under. */
  labelOf(command: string): string;
}

/** What is known of a connection before it begins. */
export interface ConnectionOrigin
  extends Pick<RegisteredConnection, 'kind' | 'remoteAddress' | 'remotePort' | 'epoch'> {
  readonly id: string;
  readonly transport: TappedTransport;
  readonly dialect: Dialect;
  /** The gateway is leaving. */
  readonly resumesOnly: boolean;
}

/** A connection of a gateway: what it has of its own, and who hears of it. One object is all that the gateway adds to it. */
export class GatewayConnection implements RegisteredConnection, ConnectionOptions, ConnectionObserver {
  readonly id: string;
  readonly kind: TransportKind;
  readonly dialect: Dialect;
  readonly resumesOnly: boolean;
  readonly epoch: number;
  transport: TappedTransport;
  remoteAddress: string;
  remotePort: number;
  readonly connection: ServerConnection;
  readonly #watchers: Watchers;

  constructor(origin: ConnectionOrigin, service: ServiceOptions, watchers: Watchers) {
    this.id = origin.id;
    this.kind = origin.kind;
    this.dialect = origin.dialect;
    this.resumesOnly = origin.resumesOnly;
    this.epoch = origin.epoch;
    this.transport = origin.transport;
    this.remoteAddress = origin.remoteAddress;
    this.remotePort = origin.remotePort;
    this.#watchers = watchers;
    this.connection = new ServerConnection(this, service);
  }

  get halfDuplex(): boolean {
    return this.kind === 'http';
  }

  get address(): string {
    return countedAddress(this.remoteAddress);
  }

  get observer(): ConnectionObserver {
    return this;
  }

  onResumed(older: ServerConnection): void {
    this.#watchers.connections.resumed(older.id, this);
  }

  connectFailed(): void {
    this.#watchers.failedConnects.add(this.address);
  }

  closed(): void {
    this.#watchers.connections.closed(this.id);
  }

  requestRefused(): void {
    this.#watchers.requests.refused();
  }

  requestEnded({ command }: RequestFacts, { result }: RunOutcome): void {
    const { requests, connections } = this.#watchers;
    requests.ended(this.#watchers.labelOf(command), result);
    connections.requestEnded();
  }
}
