import type { Clock } from '@wiremux/framing';

/** How often an address may fail to connect, and how soon it is forgiven. */
export interface FailedConnectLimits {
  /** Failures that an address may have in a row. */
  readonly most: number;
  /** Failures forgiven a second. */
  readonly perSecond: number;
  /** Addresses that are remembered; past it the one whose last failure is longest ago is forgotten. */
  readonly addresses: number;
}

interface Failures {
  count: number;
  /** When `count` was true, ms. */
  at: number;
}

/** Counts the failed attempts of each address to prove who it is, or to get a session back: guessing is slow. */
export class FailedConnects {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: FailedConnectLimits;
  /** Those that are not forgiven, the last failure longest ago first. */
  readonly #byAddress = new Map<string, Failures>();

  constructor(clock: Pick<Clock, 'now'>, limits: FailedConnectLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Addresses with failures that are not forgiven. */
  get size(): number {
    return this.#byAddress.size;
  }

  /** The address has failed once more. */
  add(address: string): void {
    const count = this.#countOf(address) + 1;
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { count: Math.min(count, this.#limits.most), at: this.#clock.now() });
    if (this.#byAddress.size > this.#limits.addresses) this.#forgetOldest();
  }

  /** Seconds until the address may try again; 0: it may now. */
  wait(address: string): number {
    const { most, perSecond } = this.#limits;
    const over = this.#countOf(address) - (most - 1);
    return over <= 0 ? 0 : Math.ceil(over / perSecond);
  }

  #countOf(address: string): number {
    const failures = this.#byAddress.get(address);
    if (failures === undefined) return 0;
    const forgiven = ((this.#clock.now() - failures.at) / 1_000) * this.#limits.perSecond;
    if (forgiven < failures.count) return failures.count - forgiven;
    this.#byAddress.delete(address);
    return 0;
  }

  #forgetOldest(): void {
    const [oldest] = this.#byAddress.keys();
    if (oldest !== undefined) this.#byAddress.delete(oldest);
  }
}
