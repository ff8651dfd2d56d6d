import type { ReconnectOptions } from './options.js';

export interface BackoffPlan {
  /** Upper bound of the first delay, ms. */
  readonly initial: number;
  /** Upper bound of every delay, ms. */
  readonly max: number;
  readonly factor: number;
}

/**
 * Delays that grow exponentially and are drawn from the whole range below their bound ("full jitter"), so that the
 * clients of a gateway that restarts do not all come back at once.
 */
export class Backoff {
  readonly #plan: BackoffPlan;
  readonly #random: () => number;
  #failures = 0;

  constructor(plan: BackoffPlan, random: () => number) {
    this.#plan = plan;
    this.#random = random;
  }

  /** Failures since the last reset. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure; the delay after it, ms. */
  next(): number {
    const { initial, max, factor } = this.#plan;
    const bound = Math.min(max, initial * factor ** this.#failures++);
    return bound * this.#random();
  }

  reset(): void {
    this.#failures = 0;
  }
}

/** When a lost connection is made again. */
export const RECONNECT: BackoffPlan = { initial: 250, max: 30_000, factor: 2 };

/** The delays that the options ask for; undefined: none, nothing is tried again. */
export function backoffOf(
  options: ReconnectOptions | false = {},
  defaults: BackoffPlan,
  random: () => number,
): Backoff | undefined {
  return options === false ? undefined : newBackoff(options, defaults, random);
}

/** The delays that the options ask for. */
export function newBackoff(
  { initial, max, factor }: ReconnectOptions,
  defaults: BackoffPlan,
  random: () => number,
): Backoff {
  return new Backoff(
    { initial: initial ?? defaults.initial, max: max ?? defaults.max, factor: factor ?? defaults.factor },
    random,
  );
}
