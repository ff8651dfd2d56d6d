import { type Clock, Link, type Peer, type PeerEvent, type ProtocolFault } from '@wiremux/framing';
import type { RunSource } from '../../dispatcher.js';
import type { PeerRuns } from '../../peer-runs.js';
import type { Run } from '../../run.js';
import { failureError } from './failure.js';
import type { Post, PostFailure } from './post.js';

/** Time an answer has to end after the last request in it has, ms. */
const LINGER = 1_000;

/** How an exchange ended: in order, by a failure of its POST, or by a broken rule. */
export interface ExchangeEnd {
  readonly failure: PostFailure | undefined;
  readonly fault: ProtocolFault | undefined;
}

/** What an exchange is made of. */
export interface ExchangeParts {
  /** Half-duplex, and of this exchange alone. */
  readonly peer: Peer;
  readonly post: Post;
  readonly clock: Clock;
  readonly source: RunSource;
  /** Called once, when the POST is over. */
  readonly onEnd: (end: ExchangeEnd) => void;
}

/** One POST and the requests in it: opened first, sent together, answered together. */
export class Exchange {
  readonly peer: Peer;
  readonly #post: Post;
  readonly #clock: Clock;
  readonly #runs: PeerRuns;
  #fault: ProtocolFault | undefined;
  /** A request was cancelled: its command may run on. */
  #hasStopped = false;
  #stopTimer: (() => void) | undefined;

  constructor({ peer, post, clock, source, onEnd }: ExchangeParts) {
    this.peer = peer;
    this.#post = post;
    this.#clock = clock;
    this.#runs = source.carry(peer, () => post.terminate());
    new Link({
      peer,
      transport: post,
      clock,
      onEvent: (event) => this.#receive(event),
      onClosed: () => {
        this.#stopTimer?.();
        source.release(this.#runs);
        onEnd({ failure: post.failure, fault: this.#fault });
      },
    });
  }

  /** Adds a request; none once it is sent. */
  open(run: Run): void {
    this.#runs.open(run);
  }

  /** How many requests are in it. */
  get size(): number {
    return this.#runs.size;
  }

  send(): void {
    this.peer.flush(this.#clock.now());
  }

  /** Ends it at once; its requests fail. */
  terminate(): void {
    this.#post.terminate();
  }

  #receive(event: PeerEvent): void {
    const { failure } = this.#post;
    const { size } = this.#runs;
    if (event.kind === 'closing') this.#fault = event.fault;
    if (event.kind === 'stopped') this.#hasStopped = true;
    const isLost = event.kind === 'failed' && failure !== undefined;
    this.#runs.receive(isLost ? { ...event, error: failureError(failure) } : event);
    if (this.#runs.size < size) this.#endIfIdle();
  }

  /** There is no cancel frame: what nobody waits for any more is stopped by ending the exchange (SPEC 7.9). */
  #endIfIdle(): void {
    if (this.#runs.size > 0) return;
    if (this.#hasStopped) this.#post.terminate();
    else this.#stopTimer ??= this.#clock.timer(LINGER, () => this.#post.terminate());
  }
}
