import type { Limits } from '../limits.js';
import { DEFAULT_SETTINGS, type PeerSettings } from '../message/settings.js';
import type { PeerOptions } from './peer-options.js';

/** What a side says of itself. Kept in parts, and put together when it is said: that is once, or once a transport. */
export class OwnSettings {
  readonly #limits: Limits;
  readonly #agent: string | undefined;
  /** Client: proof of who it is. */
  token: string | undefined;
  /** Server: on what terms its client was let in. */
  auth: PeerSettings['auth'];
  /** What it can decode, and on how many streams. */
  advertised: Pick<PeerSettings, 'encodings' | 'contexts'> = DEFAULT_SETTINGS;

  constructor(limits: Limits, { token, agent }: Pick<PeerOptions, 'token' | 'agent'>) {
    this.#limits = limits;
    this.#agent = agent;
    this.token = token;
  }

  /** All of it, with what there is to say of the session. */
  whole(session: PeerSettings['session']): PeerSettings {
    const limits = this.#limits;
    return {
      maxFrame: limits.framePayload,
      credit: limits.answerCredit,
      openRequests: limits.openRequests,
      requestMap: limits.requestMap,
      openStreams: limits.openStreams,
      valueBytes: limits.valueBytes,
      encodings: this.advertised.encodings,
      contexts: this.advertised.contexts,
      ...(this.token === undefined ? {} : { token: this.token }),
      agent: this.#agent,
      auth: this.auth,
      session,
    };
  }
}
