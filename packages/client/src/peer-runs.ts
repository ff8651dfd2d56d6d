import {
  IdTable,
  type Peer,
  type PeerEvent,
  type RequestAnswerer,
  type RequesterEvent,
  requestRefused,
  type WiremuxError,
} from '@wiremux/framing';
import { faultLoss } from './loss.js';
import type { Run } from './run.js';

/** Who answers what the other side of a peer asks. */
export interface AnswersRequests {
  /** Gives `take` what answers the requests that come to `peer`, now or once there is something to ask for. */
  attach(peer: Peer, take: (answerer: RequestAnswerer) => void): void;
  /** That peer is gone. */
  release(peer: Peer): void;
}

/** How a relay tells that a request was lost with its own connection. */
const LOSSES: ReadonlySet<string> = new Set(['session-lost', 'connection-lost']);

/**
 * The runs whose requests are open at one peer: opens them there, and brings them its events. What the peer's other side
 * asks goes to the commands that the client serves.
 */
export class PeerRuns {
  readonly #peer: Peer;
  readonly #end: () => void;
  readonly #runs = new IdTable<Run>();
  readonly #sendAgain: ((run: Run) => void) | undefined;
  readonly #relayed: boolean;
  /** Its gateway is about to leave. */
  #leaving = false;
  /** It has said that it begins nothing more. */
  #refuses = false;
  /** Those that were lost with the peer, and are to be sent again. */
  #restarting: Run[] = [];
  /** There from when something is served; until then the peer refuses what comes. */
  #answerer: RequestAnswerer | undefined;

  /**
   * @param end ends the connection of that peer.
   * @param sendAgain takes runs that were not begun there, and have to be opened elsewhere; left out: they fail.
   * @param relayed the other side passes requests on, and tells when its own connection has lost them.
   */
  constructor(
    peer: Peer,
    end: () => void,
    served: AnswersRequests,
    sendAgain?: (run: Run) => void,
    relayed: boolean = false,
  ) {
    this.#peer = peer;
    this.#end = end;
    this.#sendAgain = sendAgain;
    this.#relayed = relayed;
    served.attach(peer, (answerer) => {
      this.#answerer = answerer;
    });
  }

  get peer(): Peer {
    return this.#peer;
  }

  /** How many are open. */
  get size(): number {
    return this.#runs.size;
  }

  /** What is opened there is not begun (SPEC 8.10.5). */
  get refuses(): boolean {
    return this.#refuses;
  }

  /** Opens the run's request, or fails the run. */
  open(run: Run): void {
    let id: number;
    try {
      id = run.open(this.#peer);
    } catch (error) {
      run.fail(requestRefused(error));
      return;
    }
    this.#runs.set(id, run);
    run.opened();
  }

  /** What happened at the peer. */
  receive(event: PeerEvent): void {
    switch (event.kind) {
      case 'failed':
        this.#failed(event);
        return;
      case 'ended':
      case 'stopped':
      case 'redirected':
        // Its id may be that of another request from now on.
        this.#runs.delete(event.id)?.receive(event);
        return;
      case 'request':
      case 'data':
      case 'data-end':
      case 'answer-writable':
      case 'cancelled':
        this.#answerer?.handle(event);
        return;
      case 'closing':
        this.#answerer?.cancelAll(faultLoss(event.fault).error);
        return;
      case 'drain':
        this.#leaving = true;
        return;
      case 'authenticate':
      case 'ready':
      case 'pong':
      case 'token':
      case 'token-answered':
      case 'slots-free':
      case 'resumed':
      case 'leaving':
      case 'session-lost':
        return;
      default:
        this.#runs.get(event.id)?.receive(event satisfies RequesterEvent);
    }
  }

  /** Fails all that are open, and ends the connection. */
  close(error: WiremuxError): void {
    const open = [...this.#runs];
    this.#runs.clear();
    for (const run of open) run.fail(error);
    this.#end();
  }

  /** The runs that are to be sent again, which is their owner's matter from now on. */
  takeRestarting(): Run[] {
    const runs = this.#restarting;
    this.#restarting = [];
    // A consumer may have left meanwhile.
    return runs.filter(({ state }) => state.state === 'restarting');
  }

  #failed(event: Extract<RequesterEvent, { readonly kind: 'failed' }>): void {
    const run = this.#runs.delete(event.id);
    const refused = this.#leaving && event.error.code === 'draining';
    this.#refuses ||= refused;
    if (refused && this.#sendAgain !== undefined && run?.waitAgain() === true) this.#sendAgain(run);
    else if (this.#isLost(event.error) && run?.restart(event.error) === true) this.#openLater(run);
    else run?.receive(event);
  }

  #isLost({ code }: WiremuxError): boolean {
    return !this.#peer.alive || (this.#relayed && LOSSES.has(code));
  }

  /** Those of a peer that is gone are its owner's to take; of one that is not, another is opened when there is room. */
  #openLater(run: Run): void {
    if (this.#peer.alive && this.#sendAgain !== undefined) this.#sendAgain(run);
    else this.#restarting.push(run);
  }
}
