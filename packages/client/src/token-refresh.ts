import { type Clock, MAX_DEADLINE, type TokenRefreshConstructor, type TokenVerdict } from '@wiremux/framing';
import { TokenRefresh as TokenSender } from '@wiremux/framing/tokens';

/** The part of the time a token still has after which a newer one is sent. */
const SHARE = 0.8;
/** The least time between two tokens, ms: what the gateway allows (SPEC 8.3.11), and room for what the network does to it. */
const INTERVAL = 11_000;
/** The longest timer there is everywhere, ms, which deadlines keep to too; what is due later is looked at again then. */
const LONGEST_TIMER = MAX_DEADLINE;

export interface TokenRefreshOptions {
  /** Asked for each newer token. */
  readonly token: () => string | Promise<string>;
  readonly clock: Clock;
  /** Sends one. It may throw. */
  readonly send: TokenSink;
}

/** Sends a token over a peer, with what does so there. */
export type TokenSink = (token: string, by: TokenRefreshConstructor) => void;

/**
 * Keeps one connection's token fresh: sends a newer one, in place, before the one in force expires (SPEC 8.3.11). Where
 * that comes to nothing the gateway ends the connection (4401), and the next one begins with a newer token.
 */
export class TokenRefresh {
  readonly #options: TokenRefreshOptions;
  #lastAt: number;
  #expiresAt = Number.POSITIVE_INFINITY;
  #stopTimer: (() => void) | undefined;
  #stopped = false;

  /** A token has just been sent with the settings. */
  constructor(options: TokenRefreshOptions) {
    this.#options = options;
    this.#lastAt = options.clock.now();
  }

  /** What the gateway says of the token that was sent last: the next is due as long before its end as `SHARE` leaves. */
  judged({ ok, expires }: TokenVerdict): void {
    if (expires !== undefined) this.#expiresAt = this.#options.clock.now() + expires;
    else if (ok) this.#expiresAt = Number.POSITIVE_INFINITY;
    this.#plan();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopTimer?.();
  }

  #plan(): void {
    this.#stopTimer?.();
    if (this.#stopped) return;
    const { clock } = this.#options;
    const now = clock.now();
    const due = Math.max(this.#lastAt + INTERVAL, now + SHARE * (this.#expiresAt - now));
    if (due < this.#expiresAt) this.#wait(due);
  }

  #wait(due: number): void {
    const { clock } = this.#options;
    this.#stopTimer = clock.timer(Math.min(LONGEST_TIMER, due - clock.now()), () => {
      if (clock.now() < due) this.#wait(due);
      else void this.#refresh();
    });
  }

  async #refresh(): Promise<void> {
    const { token, send, clock } = this.#options;
    this.#lastAt = clock.now();
    try {
      const newer = await token();
      if (this.#stopped) return;
      this.#lastAt = clock.now();
      send(newer, TokenSender);
    } catch {
      // No token now, or none that fits: the one in force holds on, and there is time for another try or there is not.
      this.#plan();
    }
  }
}
