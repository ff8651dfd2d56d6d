import {
  type Clock,
  type Logger,
  type Peer,
  type RequestAnswerer,
  type ServableCommands,
  WiremuxError,
} from '@wiremux/framing';
import type { AnswersRequests } from './peer-runs.js';

/** The commands that a client serves, on whatever connection it has. */
export class ServedCommands implements AnswersRequests {
  readonly #clock: Clock;
  readonly #log: Logger | undefined;
  readonly #commands = new Map<string, object>();
  /** The first set that was added: all know how to serve. */
  #server: ServableCommands | undefined;
  /** Peers that have nothing to serve with until there is a set, and who takes it. */
  readonly #waiting = new Map<Peer, (answerer: RequestAnswerer) => void>();
  #connections = 0;

  constructor(clock: Clock, log: Logger | undefined) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The names of all that are served now. */
  get names(): string[] {
    return [...this.#commands.keys()];
  }

  /**
   * Serves these too, from now on, until the result is called.
   * @throws WiremuxError `bad-arguments` if a command of the same name is served already.
   */
  add(set: ServableCommands): () => void {
    for (const name of set.keys()) if (this.#commands.has(name)) throw servedTwice(name);
    for (const [name, command] of set) this.#commands.set(name, command);
    this.#server ??= set;
    for (const [peer, take] of this.#waiting) take(this.#serve(set, peer));
    this.#waiting.clear();
    let isServed = true;
    return () => {
      if (!isServed) return;
      isServed = false;
      for (const name of set.keys()) this.#commands.delete(name);
    };
  }

  attach(peer: Peer, take: (answerer: RequestAnswerer) => void): void {
    if (!peer.dialect.duplex) return;
    if (this.#server === undefined) this.#waiting.set(peer, take);
    else take(this.#serve(this.#server, peer));
  }

  release(peer: Peer): void {
    this.#waiting.delete(peer);
  }

  #serve(set: ServableCommands, peer: Peer): RequestAnswerer {
    this.#connections += 1;
    const connection = String(this.#connections);
    return set.serve(this.#commands, { peer, clock: this.#clock, connection, log: this.#log });
  }
}

function servedTwice(name: string): WiremuxError {
  const message = `The command \`${name}\` is served already: stop that first, or rename one of the two.`;
  return new WiremuxError('bad-arguments', message);
}
