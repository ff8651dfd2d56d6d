import { PROCESS_CONTEXTS } from '../limits.js';

/**
 * The encoding and decoding contexts of all connections that share this object (SPEC 9.1.21): each holds tens or hundreds
 * of KiB for as long as its stream lives. One per process bounds the process.
 */
export class ContextBudget {
  readonly #most: number;
  #taken = 0;

  /** @param most contexts that may be taken at once */
  constructor(most: number = PROCESS_CONTEXTS) {
    this.#most = most;
  }

  /** Contexts that are taken or kept free for somebody. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes one; false if none is left. */
  take(): boolean {
    if (this.#taken >= this.#most) return false;
    this.#taken++;
    return true;
  }

  /** Gives one back that was taken. */
  give(): void {
    this.#taken--;
  }
}

/** The contexts of one connection, taken from the budget that it shares (SPEC 9.1.20). */
export class ConnectionContexts {
  readonly #budget: ContextBudget;
  readonly #most: number;
  #taken = 0;

  constructor(budget: ContextBudget, most: number) {
    this.#budget = budget;
    this.#most = most;
  }

  take(): boolean {
    if (this.#taken >= this.#most || !this.#budget.take()) return false;
    this.#taken++;
    return true;
  }

  /** Takes as many as there are, up to `wanted`, and says how many. */
  takeUpTo(wanted: number): number {
    let count = 0;
    while (count < wanted && this.take()) count++;
    return count;
  }

  give(): void {
    if (this.#taken === 0) return;
    this.#taken--;
    this.#budget.give();
  }

  /** The connection is gone: gives back all. What is given after that counts for nothing. */
  close(): void {
    while (this.#taken > 0) this.give();
  }
}
