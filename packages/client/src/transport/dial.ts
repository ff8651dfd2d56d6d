import type { Transport } from '@wiremux/framing';

/** A transport that is open, and the subprotocol its server chose. */
export interface DialedTransport extends Transport {
  readonly protocol: string;
}

/**
 * Opens a transport to `url`, offering `protocols`. Rejects when it cannot; gives up, and closes what it has, when
 * `signal` aborts. What arrives before `start` is kept until then.
 */
export type Dial = (url: string, protocols: readonly string[], signal: AbortSignal) => Promise<DialedTransport>;
