import type { ConnectionEnd } from './connection-facts.js';
import type { RequestFacts } from './context.js';
import type { RunOutcome } from './run-host.js';

/** Is told what happens on a connection, for metrics. Its methods must not throw. */
export interface ConnectionObserver {
  /** Its client did not prove who it is, or asked for a session that it cannot have. */
  connectFailed?(): void;
  /** It is over: its transport is gone, and its session. Told before `closed` of the connection resolves. */
  closed?(end: ConnectionEnd): void;
  /** A request has come for a command there is. */
  requestStarted?(request: RequestFacts): void;
  /** Its handler has stopped, `ms` after the request came. */
  requestEnded?(request: RequestFacts, outcome: RunOutcome, ms: number): void;
  /** A request has come for a command there is not. Its name is left out: a peer can make up any number of them. */
  requestRefused?(code: string): void;
}
