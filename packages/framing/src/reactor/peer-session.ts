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
  readonly session?: 'new' | undefined;
  /** What all sessions of a process keep. Default: a budget of its own. */
  readonly kept?: KeptBudget | undefined;
}

/** What a peer knows of its session, if it has one, and what the session outlives its transports with (SPEC 8.8). */
export class PeerSession {
  /** A client asked for it. */
  readonly asked: boolean;
  readonly received: ReceivedCount = new ReceivedCount();
  #progress: ResumeProgress | undefined;
  readonly #budget: KeptBudget;
  /** What was granted. The id is text of as many code points as bytes: typed arrays take much for so few. */
  #id: string | undefined;
  #ttl = 0;
  #node: string | undefined;
  /** The client's alone, once a server has told it (SPEC 8.8.4). */
  #secret: Uint8Array = NO_SECRET;
  /** The settings of the server that did not know it any more. */
  lostTo: PeerSettings | undefined;

  constructor({ session, kept = new KeptBudget() }: PeerSessionOptions, { duplex }: Dialect) {
    this.asked = session === 'new' && duplex;
    this.#budget = kept;
  }

  /** Of its resumes, once there is one. */
  get progress(): ResumeProgress {
    this.#progress ??= new ResumeProgress();
    return this.#progress;
  }

  /** It was granted: it may outlive its transport. */
  get open(): boolean {
    return this.#id !== undefined;
  }

  get grant(): SessionGrant | undefined {
    if (this.#id === undefined) return undefined;
    const id = Uint8Array.from(this.#id, (char) => char.charCodeAt(0));
    return { id, secret: this.#secret, ttl: this.#ttl, node: this.#node };
  }

  /** It is granted, or was again. */
  begin({ id, secret, ttl, node }: SessionGrant): void {
    this.#id = textOf(id);
    this.#secret = secret;
    this.#ttl = ttl;
    this.#node = node;
  }

  /** What a server says of it, once: the secret is the client's alone from then on. */
  reply(resumed: boolean): SessionReply | undefined {
    const { grant } = this;
    if (grant === undefined) return undefined;
    this.#secret = NO_SECRET;
    return { kind: 'reply', ...grant, received: this.received.frames, resumed };
  }

  /** Server: the client has shown the secret again. */
  shown(secret: Uint8Array): void {
    this.#secret = secret;
  }

  /** True if the server speaks of this session. */
  isSame({ id }: SessionReply): boolean {
    return this.#id === textOf(id);
  }

  /** Where its frames are kept. */
  keepFrames(): KeptFrames {
    return new KeptFrames(this.#budget);
  }
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
