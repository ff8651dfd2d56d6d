import type {
  ChannelWeight,
  Clock,
  ContentCodec,
  ContextBudget,
  Dialect,
  KeptBudget,
  Limits,
  Transport,
} from '@wiremux/framing';
import type { Authenticate } from './admission.js';
import type { CommandSet } from './command-set.js';
import type { ServerConnection } from './connection.js';
import type { IdempotencyStore } from './idempotency.js';
import type { Logger } from './logger.js';
import type { ConnectionObserver } from './observer.js';
import type { Principal } from './principal.js';
import type { RedirectTargets } from './redirect-targets.js';
import type { SessionStore } from './session/session-store.js';

/** What the connections of a server have in common: one object does for all. */
export interface ServiceOptions {
  readonly clock: Clock;
  readonly commands: CommandSet;
  readonly limits?: Partial<Limits>;
  /** Channels that answers can go on. Default: `default` and `bulk` (SPEC 8.12). */
  readonly channels?: readonly ChannelWeight[];
  /** Content encodings it can do, those it prefers first. Default: none but `identity` (SPEC 4.8). */
  readonly codecs?: readonly ContentCodec[];
  /** The contexts it may take for them: give all connections of a process the same. */
  readonly contexts?: ContextBudget;
  /** Where commands may send their callers (see `redirectTargets`). Default: nowhere. */
  readonly redirects?: RedirectTargets;
  /**
   * What keys have run: give all connections of a process the same, so that a client that has reconnected finds its own.
   * Default: one of its own.
   */
  readonly idempotency?: IdempotencyStore;
  readonly log?: Logger;
  /**
   * Asked before any request runs (SPEC 8.3.2), and again for each newer token: the connection ends when the one in force
   * has expired (SPEC 8.3.14). Only the settings of `wiremux.1` can prove who a client is: in other dialects `principal`
   * holds, and must be given.
   */
  readonly authenticate?: Authenticate;
  /** Name and version of this software, told to the client; at most 256 bytes. */
  readonly agent?: string;
  /**
   * Where clients that ask for a session get one, to go on with after their transport is lost: give all connections of a
   * process the same. Default: requests end with the transport.
   */
  readonly sessions?: SessionStore<ServerConnection>;
  /** Name of this process, told to clients with their sessions (SPEC 8.8). */
  readonly node?: string;
  /** What the frames that sessions keep may take: give all connections of a process the same. */
  readonly kept?: KeptBudget;
  /** Calls of the client that wait until it takes more requests. Past it: `too-many-requests`. Default 4,096. */
  readonly maxQueuedCalls?: number;
}

/** What one connection has of its own. */
export interface ConnectionOptions {
  /** Names the connection in the log and in snapshots. Default: a random UUID. */
  readonly id?: string;
  /** Not started yet; the connection owns it from now on. */
  readonly transport: Transport;
  readonly dialect: Dialect;
  /** The transport is one exchange: answers wait for the end of what the client sends (SPEC 7.6). */
  readonly halfDuplex?: boolean;
  /** Whom the connection acts for until `authenticate` says otherwise. Default: {@link ANONYMOUS}. */
  readonly principal?: Principal;
  readonly observer?: ConnectionObserver;
  /**
   * The server is leaving: only a client that comes back to its session is let in, and any other is closed with 1012 (SPEC
   * 8.10.2).
   */
  readonly resumesOnly?: boolean;
  /** Address of the client: detached sessions that nobody authenticated are counted with it. */
  readonly address?: string;
  /**
   * The client has come back to its session: `older` goes on over the transport of this connection, which has ended.
   * Called before {@link ServerConnection.closed} resolves.
   */
  onResumed?(older: ServerConnection): void;
}

/** What a {@link ServerConnection} is made of. */
export interface ServerConnectionOptions extends ServiceOptions, ConnectionOptions {}
