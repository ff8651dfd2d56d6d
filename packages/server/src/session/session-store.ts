import { type Clock, WiremuxError } from '@wiremux/framing';
import { newCredentials, type SessionCredentials, sameHash } from './credentials.js';

/** Bounds of a {@link SessionStore} (SPEC 8.8, 9.1). */
export interface SessionLimits {
  /** Detached sessions of one principal; of one address where nobody authenticated. Past it the oldest ends. Default 16. */
  readonly ofOwner: number;
  /** Detached sessions of a process. Past it the oldest ends. Default 10,000. */
  readonly detached: number;
  /** How long a detached session is kept, ms. Default 120,000. */
  readonly ttl: number;
}

/** What applies unless the store says otherwise. */
export const DEFAULT_SESSION_LIMITS: SessionLimits = { ofOwner: 16, detached: 10_000, ttl: 120_000 };

/** What can go on over another transport. */
export interface Resumable {
  /** Bytes of the frames it keeps to send again. */
  readonly keptBytes: number;
  /** It cannot be resumed any more: its requests end with this error. */
  expire(error: WiremuxError): void;
}

/** Whose a session is. */
export interface SessionOwner {
  /** The principal's name: the same must resume it. */
  readonly principal: string;
  /** What its detached sessions are counted with: the principal, or the address of one that nobody authenticated. */
  readonly countedWith: string;
}

/** What a {@link SessionStore} is made of. */
export interface SessionStoreOptions {
  readonly clock: Pick<Clock, 'timer'>;
  /** What is kept of a secret (SPEC 8.8.4). Every platform has one, and none the same. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  readonly limits?: Partial<SessionLimits>;
}

/** Its bytes are text of as many code points: typed arrays take much for so few. */
interface Entry<S> extends SessionOwner {
  readonly id: string;
  readonly session: S;
  readonly secretHash: string;
  /** Ends the wait for the client to come back; undefined while a transport carries it. */
  stopWaiting: (() => void) | undefined;
}

/** The sessions of a process: who may resume which, and how long those without a transport are kept (SPEC 8.8). */
export class SessionStore<S extends Resumable> {
  readonly #clock: Pick<Clock, 'timer'>;
  readonly #sha256: (bytes: Uint8Array) => Uint8Array;
  readonly #limits: SessionLimits;
  readonly #byId = new Map<string, Entry<S>>();
  readonly #bySession = new Map<S, Entry<S>>();
  /** Those without a transport, the one that has waited longest first; of each owner too. */
  readonly #detached = new Set<Entry<S>>();
  readonly #detachedOf = new Map<string, Set<Entry<S>>>();

  constructor({ clock, sha256, limits = {} }: SessionStoreOptions) {
    this.#clock = clock;
    this.#sha256 = sha256;
    this.#limits = { ...DEFAULT_SESSION_LIMITS, ...limits };
  }

  /** How long a detached session is kept, ms. */
  get ttl(): number {
    return this.#limits.ttl;
  }

  /** All sessions. */
  get size(): number {
    return this.#byId.size;
  }

  /** Those that no transport carries. */
  get detached(): number {
    return this.#detached.size;
  }

  /** Takes a session in that a transport carries; what its client needs to resume it. */
  add(session: S, { principal, countedWith }: SessionOwner): SessionCredentials {
    const credentials = newCredentials();
    const entry: Entry<S> = {
      id: textOf(credentials.id),
      session,
      secretHash: textOf(this.#sha256(credentials.secret)),
      principal,
      countedWith,
      stopWaiting: undefined,
    };
    this.#byId.set(entry.id, entry);
    this.#bySession.set(session, entry);
    return credentials;
  }

  /** The session of these credentials, if that principal may have it. Whatever is wrong, the answer is the same. */
  find({ id, secret }: SessionCredentials, principal: string): S | undefined {
    const hash = textOf(this.#sha256(secret));
    const entry = this.#byId.get(textOf(id));
    if (entry === undefined || entry.principal !== principal) return undefined;
    return sameHash(entry.secretHash, hash) ? entry.session : undefined;
  }

  /** A transport carries it again. */
  attach(session: S): void {
    const entry = this.#bySession.get(session);
    if (entry !== undefined) this.#stopWaiting(entry);
  }

  /** Its transport is gone: it is kept for a while, as far as the limits allow. */
  detach(session: S): void {
    const entry = this.#bySession.get(session);
    if (entry === undefined || entry.stopWaiting !== undefined) return;
    const { ttl, ofOwner, detached } = this.#limits;
    entry.stopWaiting = this.#clock.timer(ttl, () => this.#expire(entry, 'its client did not come back in time'));
    this.#detached.add(entry);
    const { countedWith } = entry;
    const siblings = this.#detachedOf.get(countedWith) ?? new Set();
    this.#detachedOf.set(countedWith, siblings.add(entry));
    if (siblings.size > ofOwner) this.#expireOldest(siblings);
    if (this.#detached.size > detached) this.#expireOldest(this.#detached);
  }

  /** The session has ended. */
  remove(session: S): void {
    const entry = this.#bySession.get(session);
    if (entry === undefined) return;
    this.#stopWaiting(entry);
    this.#bySession.delete(session);
    this.#byId.delete(entry.id);
  }

  /** Sessions keep more than they may together: the detached one that keeps most ends. False if there is none. */
  relieve(): boolean {
    let largest: Entry<S> | undefined;
    for (const entry of this.#detached) {
      if (largest === undefined || entry.session.keptBytes > largest.session.keptBytes) largest = entry;
    }
    if (largest === undefined) return false;
    this.#expire(largest, 'it kept more than any other, and all of them together too much');
    return true;
  }

  /** Ends all that no transport carries. */
  clear(): void {
    for (const entry of [...this.#detached]) this.#expire(entry, 'the gateway is closing');
  }

  #expireOldest(entries: ReadonlySet<Entry<S>>): void {
    const [oldest] = entries;
    if (oldest !== undefined) this.#expire(oldest, 'too many sessions wait for their clients');
  }

  #expire(entry: Entry<S>, why: string): void {
    this.remove(entry.session);
    entry.session.expire(new WiremuxError('session-lost', `The session ended while it was detached: ${why}.`));
  }

  #stopWaiting(entry: Entry<S>): void {
    entry.stopWaiting?.();
    entry.stopWaiting = undefined;
    this.#detached.delete(entry);
    const siblings = this.#detachedOf.get(entry.countedWith);
    siblings?.delete(entry);
    if (siblings?.size === 0) this.#detachedOf.delete(entry.countedWith);
  }
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
