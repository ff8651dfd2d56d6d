import type { ConnectionObserver, RequestFacts, RunOutcome } from '@wiremux/server';
import type { RequestCounter } from '../metrics.js';
import type { FailedConnects } from './failed-connects.js';
import type { ConnectionRegistry } from './registry.js';

/** Who is told what happens on the connections of a gateway. */
export interface Watchers {
  readonly connections: ConnectionRegistry;
  readonly failedConnects: FailedConnects;
  readonly requests: RequestCounter;
  /** The name that a command is counted under. */
  labelOf(command: string): string;
}

/** Tells them of one connection. */
export class ConnectionWatch implements ConnectionObserver {
  readonly #watchers: Watchers;
  readonly #connection: string;
  readonly #address: string;

  /** @param connection its id  @param address of its client */
  constructor(watchers: Watchers, connection: string, address: string) {
    this.#watchers = watchers;
    this.#connection = connection;
    this.#address = address;
  }

  connectFailed(): void {
    this.#watchers.failedConnects.add(this.#address);
  }

  closed(): void {
    this.#watchers.connections.closed(this.#connection);
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
