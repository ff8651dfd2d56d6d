import type { WiremuxError } from '../errors.js';
import type { Clock } from '../transport/transport.js';
import type { ResponderEvent } from './events.js';
import type { Peer } from './peer.js';

/** Writes one line: fields for programs, then a message for people. */
export type LogMethod = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Where commands report what goes wrong in them; a pino logger is one. It must not throw. */
export interface Logger {
  debug: LogMethod;
  info: LogMethod;
  warn: LogMethod;
  error: LogMethod;
}

/** The connection that commands are to be served on. */
export interface ServingHost {
  readonly peer: Peer;
  readonly clock: Clock;
  /** Names the connection to handlers and in the log. */
  readonly connection: string;
  /** Default: nowhere. */
  readonly log?: Logger | undefined;
}

/** Answers the requests that come to one peer. */
export interface RequestAnswerer {
  /** Takes every event of the answerer's side. */
  handle(event: ResponderEvent): void;
  /** The connection is dead: every handler is to stop. */
  cancelAll(error: WiremuxError): void;
}

/**
 * Commands that can be served on a connection from either of its ends, by name. It is how a client serves commands
 * without a line of code for those that serve none: the code that runs them comes with the set.
 */
export interface ServableCommands extends ReadonlyMap<string, object> {
  /**
   * Begins to answer requests for `commands`: this set, or one joined of several like it, looked up for each request.
   * Gives the peer its `Responder`.
   */
  serve(commands: ReadonlyMap<string, object>, host: ServingHost): RequestAnswerer;
}
