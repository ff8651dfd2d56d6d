import type { Dialect } from '../dialect/dialect.js';
import type { ChannelWeight } from '../flow/scheduler.js';
import type { Limits } from '../limits.js';
import type { KeptBudget } from '../session/kept-budget.js';
import type { ContentCodec } from '../stream/codec.js';
import type { ContextBudget } from '../stream/contexts.js';
import type { PeerContext } from './context.js';
import type { Peer } from './peer.js';
import type { ReceiveBudget } from './receive-half.js';
import type { Responder } from './responder.js';
import type { TokenRefresh } from './token-refresh.js';

/** {@link Responder}, as it is passed on. */
export type ResponderConstructor = new (context: PeerContext, budget: ReceiveBudget) => Responder;

/** {@link TokenRefresh}, as it is passed on. */
export type TokenRefreshConstructor = new (context: PeerContext, authenticates: boolean) => TokenRefresh;

/** What a peer is made of. */
export interface PeerOptions {
  readonly role: 'client' | 'server';
  readonly dialect: Dialect;
  /**
   * The transport is one exchange: what the client sends has ended before what the server sends begins (SPEC 7.6). See
   * `flush`, `endInput` and `outputEnded` of the peer.
   */
  readonly halfDuplex?: boolean | undefined;
  /** What answers the other side's requests: `Responder`. A server needs it; a client may be given it later, or never. */
  readonly responder?: ResponderConstructor | undefined;
  /** Monotonic ms. */
  readonly now: number;
  readonly limits?: Partial<Limits> | undefined;
  /** Name and version of this software, told to the other side; at most 256 bytes. */
  readonly agent?: string | undefined;
  /** Client: proof of who it is, at most 16 KiB. */
  readonly token?: string | undefined;
  /** Server: nothing is read past the client's settings until `accept()` (SPEC 8.3.2). */
  readonly authenticate?: boolean | undefined;
  /** Server: takes newer tokens of its client: `TokenRefresh`. Without it they break the protocol (SPEC 8.3.7). */
  readonly tokens?: TokenRefreshConstructor | undefined;
  /** Channels beside `control`, with their weights (SPEC 8.12). */
  readonly channels?: readonly ChannelWeight[] | undefined;
  /** Content encodings it can do, those it prefers first; `identity` is always there. Default: none (SPEC 4.8). */
  readonly codecs?: readonly ContentCodec[] | undefined;
  /** The contexts it may take for them: give all peers of a process the same. Default: one of its own. */
  readonly contexts?: ContextBudget | undefined;
  /**
   * Client: asks for a session, which outlives its transports; `peer.session` tells whether it was granted (SPEC 8.8).
   * Ignored where the dialect has none. A server grants one with `accept`.
   */
  readonly session?: 'new' | undefined;
  /** What sessions may keep for a replay: give all peers of a process the same. Default: one of its own. */
  readonly kept?: KeptBudget | undefined;
  /**
   * Client: the peer that has just said `session-lost`. This one goes on with its transport, the handshake done; `ready`
   * is its first event. The other options are to be the same.
   */
  readonly successorOf?: Peer | undefined;
}
