import { type ContentCodec, type ContextBudget, type Dialect, type Limits, Peer } from '@wiremux/framing';

/** What all peers of one client are made of. */
export interface ClientPeerOptions {
  readonly agent: string | undefined;
  readonly limits: Partial<Limits>;
  readonly codecs: readonly ContentCodec[];
  /** Shared by them: what is connected over HTTP has many at once. */
  readonly contexts: ContextBudget | undefined;
}

/** What differs from one to the next. */
interface PeerMoment {
  readonly dialect: Dialect;
  readonly token: string | undefined;
  /** Monotonic ms. */
  readonly now: number;
  /** It is the peer of one exchange over HTTP. */
  readonly halfDuplex?: boolean;
  /** It asks for a session. */
  readonly session?: boolean;
  /** The one whose session is lost: it goes on with the transport of that. */
  readonly successorOf?: Peer;
}

/** The client's end of a connection. */
export function clientPeer({ agent, limits, codecs, contexts }: ClientPeerOptions, moment: PeerMoment): Peer {
  const { dialect, token, now, halfDuplex = false, session = false, successorOf } = moment;
  return new Peer({
    role: 'client',
    dialect,
    now,
    halfDuplex,
    limits,
    codecs,
    contexts,
    session: session ? 'new' : undefined,
    successorOf,
    agent,
    token,
  });
}
