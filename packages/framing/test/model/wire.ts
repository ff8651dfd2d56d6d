import type { Peer, PeerEvent } from '../../src/index.js';
import type { Random } from './random.js';

/**
 * One direction of a connection that delivers what it is given late and in random pieces, never out of order. What is
 * on its way is bounded by the steps of the model, not by the wire.
 */
export class Wire {
  readonly #random: Random;
  readonly #pieces: Uint8Array[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  send(message: readonly Uint8Array[]): void {
    // What a peer sends it may not change later, and what the other receives is its own: copy.
    for (const chunk of message) this.#pieces.push(chunk.slice());
  }

  /** Delivers a random part of what waits. */
  deliver(receiver: Peer, now: number): void {
    const piece = this.#pieces.shift();
    if (piece === undefined) return;
    const cut = this.#random.chance(0.5) ? piece.length : this.#random.integer(1, piece.length);
    if (cut < piece.length) this.#pieces.unshift(piece.subarray(cut));
    receiver.receiveBytes(piece.subarray(0, cut), now);
  }
}

/** A peer and what it has to do when something happens. */
export interface Actor {
  readonly peer: Peer;
  handle(event: PeerEvent): void;
}

/** Lets an actor see its events until there are none. */
export function settle({ peer, handle }: Actor): void {
  for (let events = peer.takeEvents(); events.length > 0; events = peer.takeEvents()) {
    for (const event of events) handle(event);
  }
}
