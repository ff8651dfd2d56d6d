import type { Clock, Peer } from '@wiremux/framing';
import type { Logger } from './logger.js';
import type { OutgoingCalls } from './outgoing-calls.js';
import type { RedirectTargets } from './redirect-targets.js';
import type { Run } from './run.js';

/** How a run ended, for those who count. */
export interface RunOutcome {
  readonly result: 'ended' | 'failed' | 'cancelled';
  /** Code of the error that ended it; undefined where none did. */
  readonly code: string | undefined;
}

/** What the runs of a connection share. */
export interface RunHost {
  /** Id of the connection. */
  readonly connection: string;
  readonly peer: Peer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether text may come as byte strings (SPEC 3.1.3). */
  readonly textAsBytes: boolean;
  /** Where callers can be sent. */
  readonly redirects: RedirectTargets;
  /** The calls to the client at the other end. */
  readonly calls: OutgoingCalls;
  /** The handler has stopped; called once for each run, maybe before `start` returns. */
  onOver(run: Run, outcome: RunOutcome): void;
}
