/** Values that a source may give in one turn although there is no room for them. */
const VALUES_A_TURN = 256;

/**
 * Lets a source that gives values in its own time go on without room: what does not wait for its reader then takes the
 * place of older values (SPEC 8.11.16). It gives way to the event loop, so that it is ahead of a reader that keeps up by no
 * more than one that waits, and others have their turns.
 */
export class OwnPace {
  readonly #defer: (callback: () => void) => void;
  readonly #resume: () => void;
  #resting = false;
  /** Values that it may give before it rests again. */
  #ahead = 0;

  /** @param defer calls back after the current turn  @param resume has the source go on after `goesOn` was false */
  constructor(defer: (callback: () => void) => void, resume: () => void) {
    this.#defer = defer;
    this.#resume = resume;
  }

  /** There is room again. */
  roomy(): void {
    this.#resting = false;
    this.#ahead = 0;
  }

  /** A value has found no room: whether the next may follow at once. */
  goesOn(): boolean {
    if (this.#ahead > 0) {
      this.#ahead--;
      return true;
    }
    if (!this.#resting) this.#rest();
    return false;
  }

  #rest(): void {
    this.#resting = true;
    this.#defer(() => {
      if (!this.#resting) return;
      this.#resting = false;
      this.#ahead = VALUES_A_TURN;
      this.#resume();
    });
  }
}
