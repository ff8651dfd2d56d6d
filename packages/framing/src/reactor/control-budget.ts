import type { Dialect } from '../dialect/dialect.js';
import { CloseCode, fault, type ProtocolFault } from '../errors.js';
import { TokenBucket } from '../flow/token-bucket.js';
import type { Limits } from '../limits.js';

/** What the other side may still do that costs this one more than it brings (SPEC 9.1.14, 9.1.16). */
export class ControlBudget {
  /** Servers of older dialects may send frames that decode to nothing: their clients do not count. */
  readonly #bucket: TokenBucket | undefined;

  constructor({ duplex }: Dialect, role: 'client' | 'server', limits: Limits, now: number) {
    const counts = duplex || role === 'server';
    this.#bucket = counts ? new TokenBucket(limits.controlBudget, limits.controlRefill, now) : undefined;
  }

  /** Takes a token; the fault where there is none left. */
  charge(what: string, now: number): ProtocolFault | undefined {
    if (this.#bucket?.take(now) !== false) return undefined;
    return fault('9.1.14', `The control budget is used up (last by ${what}).`, CloseCode.TooMany);
  }
}
