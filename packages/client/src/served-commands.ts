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
    let isServed = true;
    return () => {
      if (!isServed) return;
      isServed = false;
      for (const name of set.keys()) this.#commands.delete(name);
    };
  }

  answererFor(peer: Peer): RequestAnswerer | undefined {
    if (this.#server === undefined) return undefined;
    this.#connections += 1;
    const connection = String(this.#connections);
    return this.#server.serve(this.#commands, { peer, clock: this.#clock, connection, log: this.#log });
  }
}

function servedTwice(name: string): WiremuxError {
  const message = `The command \`${name}\` is served already: stop that first, or rename one of the two.`;
  return new WiremuxError('bad-arguments', message);
}
