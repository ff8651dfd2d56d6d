import { type Clock, CloseCode, type Peer, type PeerSettings, WiremuxError } from '@wiremux/framing';
import { describeError } from './failure.js';
import type { Logger } from './logger.js';
import type { Principal } from './principal.js';

/** Whom a token stands for, and for how long. */
export interface Admission {
  readonly principal: Principal;
  /** How long the token still holds, ms; left out: for as long as the connection. */
  readonly expires?: number;
}

/**
 * Says whom the client of these settings acts for; rejects with `not-authenticated` or `not-allowed` to refuse it. It is
 * asked again for each newer token that the client sends (SPEC 8.3.11).
 */
export type Authenticate = (settings: PeerSettings) => Principal | Admission | Promise<Principal | Admission>;

/** The longest timer there is everywhere, ms; what is due later is looked at again then. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What a client is told when it is let in. */
export interface AdmissionTerms {
  /** How long its token still holds, ms; left out: it does not expire. */
  readonly expires?: number;
}

/** How an {@link Admitter} finds out who a client is. */
export interface AdmissionOptions {
  readonly authenticate?: Authenticate;
  readonly clock: Clock;
}

/** Whom the client is let in to. */
export interface AdmissionHost {
  readonly log: Logger;
  /** It did not prove who it is. */
  connectFailed(): void;
  /** The client is who it says. */
  enter(settings: PeerSettings, terms: AdmissionTerms): void;
  /** Closes its transport. */
  turnAway(code: CloseCode, reason: string): void;
}

/** Lets the client of one connection in, and keeps it in for as long as its token holds (SPEC 8.3.2, 8.3.11 to 8.3.14). */
export class Admitter {
  readonly #options: AdmissionOptions;
  readonly #peer: Pick<Peer, 'answerToken'>;
  readonly #host: AdmissionHost;
  #principal: Principal;
  #expiresAt: number | undefined;
  #stopTimer: (() => void) | undefined;
  #ended = false;

  /** @param principal whom it stands for until it has been asked who it is */
  constructor(options: AdmissionOptions, principal: Principal, peer: Pick<Peer, 'answerToken'>, host: AdmissionHost) {
    this.#options = options;
    this.#principal = principal;
    this.#peer = peer;
    this.#host = host;
  }

  get principal(): Principal {
    return this.#principal;
  }

  /** What holds for the client now. */
  get terms(): AdmissionTerms {
    const expires = this.#left;
    return expires === undefined ? {} : { expires };
  }

  /** Lets the client in as whom it proves to be, or closes. */
  async admit(settings: PeerSettings): Promise<void> {
    try {
      this.#accept(await this.#ask(settings));
    } catch (thrown) {
      this.#turnAway(thrown);
      return;
    }
    this.#host.enter(settings, this.terms);
  }

  /** A newer token: it takes the place of the one before, or that holds on until it expires. */
  async renew(settings: PeerSettings): Promise<void> {
    const { log } = this.#host;
    let admission: Admission;
    try {
      admission = await this.#ask(settings);
    } catch (thrown) {
      this.#host.connectFailed();
      if (this.#ended) return;
      log.warn({ err: describeError(thrown) }, 'A newer token was refused: the one before holds until it expires.');
      this.#peer.answerToken({ ok: false, code: refusalOf(thrown), ...this.terms });
      return;
    }
    if (this.#ended) return;
    if (admission.principal.name !== this.#principal.name) {
      log.warn({}, 'A newer token stands for another principal.');
      this.#host.turnAway(CloseCode.NotAllowed, 'The newer token stands for another principal.');
      return;
    }
    this.#accept(admission);
    this.#peer.answerToken({ ok: true, ...this.terms });
  }

  /** Its client has come back over another transport, for which `newer` has let it in: that token is in force. */
  replace(newer: Admitter): void {
    this.#accept({ principal: newer.#principal, ...newer.terms });
  }

  /** The connection has ended. */
  stop(): void {
    this.#ended = true;
    this.#stopTimer?.();
  }

  async #ask(settings: PeerSettings): Promise<Admission> {
    const { authenticate } = this.#options;
    if (authenticate === undefined) return { principal: this.#principal };
    const given = await authenticate(settings);
    const admission = isAdmission(given) ? given : { principal: given };
    if (admission.expires === undefined || admission.expires > 0) return admission;
    throw new WiremuxError('not-authenticated', 'The token has expired.');
  }

  #accept({ principal, expires = Number.POSITIVE_INFINITY }: Admission): void {
    this.#principal = principal;
    this.#expiresAt = expires === Number.POSITIVE_INFINITY ? undefined : this.#options.clock.now() + expires;
    this.#stopTimer?.();
    if (!this.#ended) this.#watch();
  }

  /** Closes the connection when the token has expired (SPEC 8.3.14). */
  #watch(): void {
    const left = this.#left;
    if (left === undefined) return;
    if (left === 0) {
      this.#host.log.info({ principal: this.#principal.name }, 'The token of a client has expired.');
      this.#host.turnAway(CloseCode.NotAuthenticated, 'The token has expired.');
      return;
    }
    this.#stopTimer = this.#options.clock.timer(Math.min(left, LONGEST_TIMER), () => this.#watch());
  }

  /** ms until the token expires. */
  get #left(): number | undefined {
    if (this.#expiresAt === undefined) return undefined;
    return Math.max(0, this.#expiresAt - this.#options.clock.now());
  }

  /** The client learns only what was meant for it: a `WiremuxError`'s message. */
  #turnAway(thrown: unknown): void {
    this.#host.log.warn({ err: describeError(thrown) }, 'The client was not let in.');
    this.#host.connectFailed();
    const code = refusalOf(thrown) === 'not-allowed' ? CloseCode.NotAllowed : CloseCode.NotAuthenticated;
    this.#host.turnAway(code, thrown instanceof WiremuxError ? thrown.message : 'The token was not accepted.');
  }
}

/** A principal has a name; an admission has none of its own. */
function isAdmission(given: Principal | Admission): given is Admission {
  return typeof (given as Partial<Principal>).name !== 'string';
}

function refusalOf(thrown: unknown): 'not-allowed' | 'not-authenticated' {
  return thrown instanceof WiremuxError && thrown.code === 'not-allowed' ? 'not-allowed' : 'not-authenticated';
}
