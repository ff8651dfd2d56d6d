import { type Clock, type Peer, type RequestAnswerer, type ResponderEvent, WiremuxError } from '@wiremux/framing';
import type { RunContext } from '../run-context.js';
import { RelayedRequest } from './relayed-request.js';

/** Answers the requests of one peer by passing them on. */
export class Relay implements RequestAnswerer {
  readonly #peer: Peer;
  readonly #clock: Clock;
  readonly #route: (name: string) => RunContext | undefined;
  readonly #requests = new Map<number, RelayedRequest>();

  /** @param route where a command of that name is run; undefined: nowhere. */
  constructor(peer: Peer, clock: Clock, route: (name: string) => RunContext | undefined) {
    this.#peer = peer;
    this.#clock = clock;
    this.#route = route;
  }

  handle(event: ResponderEvent): void {
    if (event.kind !== 'request') {
      this.#requests.get(event.id)?.receive(event);
      return;
    }
    const context = this.#route(event.name);
    if (context === undefined) {
      const message = `No tab serves the command "${event.name}".`;
      this.#peer.failAnswer(event.id, new WiremuxError('unknown-command', message));
      return;
    }
    const request = new RelayedRequest(event, context, {
      peer: this.#peer,
      clock: this.#clock,
      onOver: (over) => {
        if (this.#requests.get(over.id) === over) this.#requests.delete(over.id);
      },
    });
    this.#requests.set(event.id, request);
    request.start();
  }

  cancelAll(error: WiremuxError): void {
    for (const request of [...this.#requests.values()]) request.abandon(error);
  }
}
