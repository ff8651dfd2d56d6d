import { type Peer, WiremuxError } from '@wiremux/framing';
import type { Line } from './line.js';
import { type AnswersRequests, PeerRuns } from './peer-runs.js';
import type { Run } from './run.js';
import type { RunQueue } from './run-context.js';

/** Where a line gets its runs. */
export interface RunSource {
  /** Takes the run that has waited longest. */
  next(): Run | undefined;
  /** The runs of a peer, until {@link release}; when the client is closed they fail, and `end` is called. */
  carry(peer: Peer, end: () => void): PeerRuns;
  /** That peer is gone; its last events have been received. Runs that are to be sent again wait before all others. */
  release(runs: PeerRuns): void;
}

/** Keeps runs until there is a line that takes them. */
export class Dispatcher implements RunQueue, RunSource {
  readonly #maxQueued: number;
  readonly #served: AnswersRequests;
  readonly #waiting = new Set<Run>();
  /** Those that were sent and not begun: they have waited longest. */
  readonly #again = new Set<Run>();
  readonly #carried = new Set<PeerRuns>();
  readonly #elsewhere = new Set<Run>();
  readonly #relayed: boolean;
  #line: Line | undefined;
  /** A flush was asked for while there was no line. */
  #flushDue = false;
  #closed: WiremuxError | undefined;

  /**
   * @param maxQueued the most runs that wait.
   * @param served what the gateway can ask for.
   * @param relayed its lines lead to a relay, which has a connection of its own.
   */
  constructor(maxQueued: number, served: AnswersRequests, relayed: boolean = false) {
    this.#maxQueued = maxQueued;
    this.#served = served;
    this.#relayed = relayed;
  }

  submit(run: Run): void {
    if (this.#closed !== undefined) {
      run.fail(this.#closed);
    } else if (this.#waiting.size + this.#again.size === 0 && this.#line?.open(run) === true) {
      // Most runs need not wait.
    } else if (this.#waiting.size < this.#maxQueued) {
      this.#waiting.add(run);
      this.#line?.send();
    } else {
      run.fail(
        new WiremuxError(
          'too-many-requests',
          `${this.#maxQueued} requests wait already. Wait for some to end, or raise \`maxQueued\`.`,
        ),
      );
    }
  }

  goesElsewhere(run: Run): void {
    this.#elsewhere.add(run);
  }

  withdraw(run: Run): void {
    this.#waiting.delete(run);
    this.#again.delete(run);
    this.#elsewhere.delete(run);
  }

  next(): Run | undefined {
    const runs = this.#again.size > 0 ? this.#again : this.#waiting;
    if (runs.size === 0) return undefined;
    const [first] = runs;
    runs.delete(first as Run);
    return first;
  }

  carry(peer: Peer, end: () => void): PeerRuns {
    const sendAgain = (run: Run): void => {
      this.#again.add(run);
      this.#line?.send();
    };
    const runs = new PeerRuns(peer, end, this.#served, sendAgain, this.#relayed);
    this.#carried.add(runs);
    return runs;
  }

  release(runs: PeerRuns): void {
    this.#carried.delete(runs);
    this.#served.release(runs.peer);
    for (const run of runs.takeRestarting()) this.#again.add(run);
    // There is another line where the client had moved away from the one that is lost.
    if (this.#again.size > 0) this.#line?.send();
  }

  /** A line is open: runs go over it from now on. */
  connected(line: Line): void {
    this.#line = line;
    line.send();
    if (this.#flushDue) line.flush();
    this.#flushDue = false;
  }

  /** There is no line: runs wait for the next. */
  disconnected(): void {
    this.#line = undefined;
  }

  /** Sends what is held back until told to send. */
  flush(): void {
    if (this.#line === undefined) this.#flushDue = true;
    else this.#line.flush();
  }

  /** Fails all runs, those under way first, and all to come. */
  close(error: WiremuxError): void {
    this.#closed = error;
    this.#line = undefined;
    for (const runs of this.#carried) runs.close(error);
    this.#carried.clear();
    const others = [...this.#elsewhere, ...this.#again, ...this.#waiting];
    this.#again.clear();
    this.#waiting.clear();
    for (const run of others) run.fail(error);
  }
}
