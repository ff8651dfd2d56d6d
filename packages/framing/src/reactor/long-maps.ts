import type { SendHalf } from './send-half.js';

/**
 * Lets requests whose map takes several frames open one after another: interleaved, they would exceed what the other side
 * puts together at once (SPEC 8.3.9). Requests of one frame do not wait for them.
 */
export class LongMaps {
  readonly #queue: SendHalf[] = [];

  /** Takes a half that is about to open its request. */
  add(send: SendHalf): void {
    if (!send.hasLongMap) return;
    send.held = this.#queue.length > 0;
    this.#queue.push(send);
  }

  /** After a frame was scheduled, or a half was given up: the half that may now send, if another waited for that. */
  advance(): SendHalf | undefined {
    const queue = this.#queue;
    while (queue[0]?.hasLongMap === false) queue.shift();
    const next = queue[0];
    if (next?.held !== true) return undefined;
    next.held = false;
    return next;
  }
}
