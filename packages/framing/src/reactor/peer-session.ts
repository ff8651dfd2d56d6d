import type { Dialect } from '../dialect/dialect.js';
import type { SessionGrant, SessionReply } from '../message/session-settings.js';
import type { PeerSettings } from '../message/settings.js';
import { KeptBudget } from '../session/kept-budget.js';
import { KeptFrames } from '../session/kept-frames.js';
import { ReceivedCount } from '../session/received-count.js';
import { ResumeProgress } from '../session/resume-progress.js';

const NO_SECRET = new Uint8Array(0);

/** What a session is made of. */
export interface PeerSessionOptions {
  /** Client: asks for one. */
  readonly session?: 'new';
  /** What all sessions of a process keep. Default: a budget of its own. */
  readonly kept?: KeptBudget;
}

/** What a peer knows of its session, if it has one, and what the session outlives its transports with (SPEC 8.8). */
export class PeerSession {
  /** A client asked for it. */
  readonly asked: boolean;
  readonly received: ReceivedCount = new ReceivedCount();
  readonly progress: ResumeProgress = new ResumeProgress();
  readonly #budget: KeptBudget;
  #grant: SessionGrant | undefined;
  /** The settings of the server that did not know it any more. */
  lostTo: PeerSettings | undefined;

  constructor({ session, kept = new KeptBudget() }: PeerSessionOptions, { duplex }: Dialect) {
    this.asked = session === 'new' && duplex;
    this.#budget = kept;
  }

  /** It was granted: it may outlive its transport. */
  get open(): boolean {
    return this.#grant !== undefined;
  }

  get grant(): SessionGrant | undefined {
    return this.#grant;
  }

  /** It is granted, or was again. */
  begin({ id, secret, ttl, node }: SessionGrant): void {
    this.#grant = { id, secret, ttl, ...(node === undefined ? {} : { node }) };
  }

  /** What a server says of it, once: the secret is the client's alone from then on (SPEC 8.8.4). */
  reply(resumed: boolean): SessionReply | undefined {
    const grant = this.#grant;
    if (grant === undefined) return undefined;
    this.#grant = { ...grant, secret: NO_SECRET };
    return { kind: 'reply', ...grant, received: this.received.frames, resumed };
  }

  /** Server: the client has shown the secret again. */
  shown(secret: Uint8Array): void {
    if (this.#grant !== undefined) this.#grant = { ...this.#grant, secret };
  }

  /** True if the server speaks of this session. */
  isSame({ id }: SessionReply): boolean {
    const own = this.#grant?.id;
    return own?.every((byte, at) => byte === id[at]) === true;
  }

  /** Where its frames are kept. */
  keepFrames(): KeptFrames {
    return new KeptFrames(this.#budget);
  }
}
