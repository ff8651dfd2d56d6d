import { type Peer, type PeerEvent, type RequesterEvent, WiremuxError } from '@wiremux/framing';
import { RequestTable } from './request-table.js';
import type { Run, RunQueue } from './run.js';

/** Brings runs to the connection there is, when there is one, and its events to the runs. */
export class Dispatcher implements RunQueue {
  readonly #maxQueued: number;
  readonly #table = new RequestTable<Run>();
  #peer: Peer | undefined;
  #closed: WiremuxError | undefined;

  /** @param maxQueued the most runs that wait. */
  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  submit(run: Run): void {
    if (this.#closed !== undefined) {
      run.fail(this.#closed);
    } else if (this.#table.queued < this.#maxQueued) {
      this.#table.enqueue(run);
      this.#send();
    } else {
      run.fail(
        new WiremuxError(
          'too-many-requests',
          `${this.#maxQueued} requests wait already. Wait for some to end, or raise \`maxQueued\`.`,
        ),
      );
    }
  }

  withdraw(run: Run): void {
    this.#table.withdraw(run);
  }

  /** A connection is ready for requests. */
  connected(peer: Peer): void {
    this.#peer = peer;
    this.#send();
  }

  /** The connection is gone; its last events have been received. */
  disconnected(): void {
    this.#peer = undefined;
  }

  /** Fails all runs, and all to come. */
  close(error: WiremuxError): void {
    this.#closed = error;
    this.#peer = undefined;
    for (const run of this.#table.clear()) run.fail(error);
  }

  /** Events of the peer given to {@link connected}. */
  receive(peer: Peer, event: PeerEvent): void {
    this.#receive(peer, event);
    this.#send();
  }

  #receive(peer: Peer, event: PeerEvent): void {
    switch (event.kind) {
      case 'ended':
      case 'failed':
      case 'stopped':
        this.#table.ended(event.id)?.receive(event);
        return;
      case 'request':
        peer.failAnswer(event.id, new WiremuxError('unknown-command', 'This client serves no commands.'));
        return;
      case 'data':
      case 'data-end':
      case 'answer-writable':
        return;
      case 'cancelled':
        peer.stopped(event.id);
        return;
      case 'authenticate':
      case 'ready':
      case 'pong':
      case 'slots-free':
      case 'closing':
        return;
      default:
        this.#table.find(event.id)?.receive(event satisfies RequesterEvent);
    }
  }

  #send(): void {
    while (this.#peer !== undefined && this.#peer.openSlots > 0) {
      const run = this.#table.dequeue();
      if (run === undefined) return;
      this.#open(this.#peer, run);
    }
  }

  #open(peer: Peer, run: Run): void {
    const { name, args, options } = run.spec;
    const { channel, credit, data } = options;
    let id: number;
    try {
      id = peer.open({
        name,
        hasData: data !== undefined,
        ...(args === undefined ? {} : { args }),
        ...(channel === undefined ? {} : { channel }),
        ...(credit === undefined ? {} : { credit }),
      });
    } catch (error) {
      run.fail(asWiremuxError(error));
      return;
    }
    this.#table.opened(id, run);
    run.opened(peer, id);
  }
}

/** Arguments that cannot be encoded are refused as such. */
function asWiremuxError(error: unknown): WiremuxError {
  if (error instanceof WiremuxError) return error;
  return new WiremuxError('bad-arguments', error instanceof Error ? error.message : String(error), { cause: error });
}
