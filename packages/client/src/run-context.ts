import type { AnswerConsumer, Clock, OutputAtom, ProgressUpdate } from '@wiremux/framing';
import type { DroppedValues } from './dropped-values.js';
import type { DataOptions, TraceSource } from './options.js';
import type { FollowContext } from './redirect/following.js';
import type { RequestState } from './request-state.js';
import type { Run } from './run.js';

/** The command a run runs. */
export interface RunSpec {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>> | undefined;
  readonly options: DataOptions;
}

/** Where a run waits for its turn. */
export interface RunQueue {
  /** Opens the run's request as soon as it can be; fails the run if it never can. */
  submit(run: Run): void;
  /** Fails the run when the client is closed: it is not at the gateway any more. */
  goesElsewhere(run: Run): void;
  /** Takes back a run that waits, or went elsewhere. */
  withdraw(run: Run): void;
}

/** What every run of a client needs of it. */
export interface RunContext {
  readonly queue: RunQueue;
  readonly clock: Clock;
  readonly maxUploadBuffer: number;
  /** Asked for the trace of each run that is given none. */
  readonly trace?: TraceSource | undefined;
  readonly follow: FollowContext;
  /** Whether running that command again is harmless, where the request does not say. */
  readonly mayRestart?: ((name: string) => boolean) | undefined;
}

/** The one who consumes the answer of a run. */
export interface RunReader extends AnswerConsumer {
  /** With {@link Run.bytePieces}: the next piece of a byte string; give its `size` to {@link Run.taken} too. */
  bytes?(bytes: Uint8Array, size: number, last: boolean): void;
}

/** Everything a run tells. */
export interface RunListener extends RunReader {
  state?(state: RequestState): void;
  progress?(update: ProgressUpdate): void;
  output?(atoms: readonly OutputAtom[]): void;
  dropped?(dropped: DroppedValues): void;
}
