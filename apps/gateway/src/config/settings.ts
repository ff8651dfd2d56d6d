import type { ChannelWeight, DialectName, Limits } from '@wiremux/framing';
import type { Authenticate, CommandSet, Logger } from '@wiremux/server';
import type { TapPolicy } from '../tap/policy.js';
import type { GivenUpstream, UpstreamSettings } from '../upstream/settings.js';
import type { GivenChannel } from './channels.js';
import type { GivenRedirects } from './redirects.js';

/** How much the log says: each level includes those after it; `silent` says nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every setting of a gateway, each with a value. The limits of the protocol core are settings like the others. */
export interface GatewaySettings extends Limits {
  /** TCP port, 0 to 65,535; 0 picks a free one. */
  readonly port: number;
  /** Address or name of the interface listened on. */
  readonly host: string;
  /** Origins whose pages may connect, beside the gateway's own: `https://app.example`, or `*` for all. */
  readonly allowOrigin: readonly string[];
  /** Host names the gateway is reached by, without scheme and port, beside loopback names and IP addresses. */
  readonly publicHost: readonly string[];
  /** Dialects spoken; the newest of those a client offers wins. */
  readonly dialects: readonly DialectName[];
  /** Content encodings used, the preferred first; what stands behind `identity` is not. */
  readonly encodings: readonly string[];
  /** Channels that answers can go on, `control` apart, each with its weight and, if not all, its encodings. */
  readonly channels: readonly ChannelWeight[];
  /** Encoding and decoding contexts of all connections. Past it identity is used. */
  readonly maxContexts: number;
  /** Idempotency keys of one principal. Past it: `too-many-requests`. */
  readonly maxIdempotencyKeys: number;
  /** Bytes of all idempotency keys, with their arguments and answers. Past it: `too-many-requests`. */
  readonly maxIdempotencyBytes: number;
  /** Connections open at once. Past it: 503. */
  readonly maxConnections: number;
  /** Failed proofs of who a client is, or of whose a session is, that an address may have in a row. Past it: 429. */
  readonly failedConnects: number;
  /** How many of them are forgiven a second. */
  readonly failedConnectsRefill: number;
  /** How long a session waits for its client without a transport, ms. 0: there are no sessions. */
  readonly sessionTtl: number;
  /** Sessions that wait for their clients. Past it the one that has waited longest ends. */
  readonly maxSessions: number;
  /** Those of one principal, or of an address where nobody authenticated. Past it its oldest ends. */
  readonly maxSessionsPerPrincipal: number;
  /** What all sessions keep to send again, bytes. Past it no window grows, and the waiting one that keeps most ends. */
  readonly maxKeptBytes: number;
  /** Names this process to clients, which say it when they resume a session: for a balancer to send them here. */
  readonly node: string | undefined;
  /** Whether the page is served at `/`. */
  readonly page: boolean;
  readonly logLevel: LogLevel;
  /** Framed HTTP servers behind the gateway; commands of theirs are passed on. */
  readonly upstreams: readonly UpstreamSettings[];
  /** Where commands may send their callers: what the addresses of each target begin with, by its name. */
  readonly redirects: Readonly<Record<string, string>>;
  /** Time a client may send nothing of a posted body that has not ended, ms. Past it: 408, or the exchange is dropped. */
  readonly uploadIdle: number;
  /** Time a client may take nothing of an answer to its post that waits for it, ms. Past it the exchange is dropped. */
  readonly answerIdle: number;
  /** Who may tap connections. Undefined: everybody where nothing but this machine connects, else nobody. */
  readonly tap: TapPolicy | undefined;
  /** Time from the beginning of closing to its end, ms: requests run on in it, and what is left at its end is dropped. */
  readonly grace: number;
  /** Closing: time before which no client moves, ms. */
  readonly drainAfter: number;
  /** Closing: clients move in a random moment of so many ms after that. */
  readonly drainJitter: number;
  /** Closing: connections told to move a second. */
  readonly drainPace: number;
  /** Closing: the address clients are told to move to; undefined: the one they have. */
  readonly drainTo: string | undefined;
}

/** Settings as they are given: each has a default, and so have the parts of upstreams. */
export interface GivenSettings extends Partial<Omit<GatewaySettings, 'upstreams' | 'channels' | 'redirects'>> {
  /** Each an object, or its name, weight and encodings as `bulk:1:zlib+identity`; `default` and `bulk` are always there. */
  readonly channels?: readonly (string | GivenChannel)[];
  /** Each an object, or its prefix and address as `build.=http://127.0.0.1:9000/mux`. */
  readonly upstreams?: readonly (string | GivenUpstream)[];
  readonly redirects?: GivenRedirects;
}

/** What is no setting, since only code can say it. */
export interface GatewayHooks {
  /**
   * Says whom each client acts for; see `Authenticate` of `@wiremux/server`. Only `wiremux.1` is spoken then, since only
   * its clients can prove who they are. Left out: everybody is anonymous.
   */
  readonly authenticate?: Authenticate | undefined;
}

/** What `createGateway()` takes: every setting has a default. */
export interface GatewayOptions extends GivenSettings, GatewayHooks {
  /** What `implement()` returned; served beside the built-in commands, or in the place of one with the same name. */
  readonly commands?: CommandSet | readonly CommandSet[];
  /** Takes the log instead of standard error; `logLevel` is then its owner's business. */
  readonly logger?: Logger;
}

/** What a config file may hold: any settings, commands, and in a module who may connect. */
export interface GatewayConfig extends GivenSettings, GatewayHooks {
  /** What `implement()` returned, or paths of modules that export such sets, relative to the config file. */
  readonly commands?: ConfiguredCommands | readonly ConfiguredCommands[];
}

/** A set of commands, or the path of a module that exports some. */
export type ConfiguredCommands = CommandSet | string;

/** Types a config file: `export default defineConfig({ port: 9000 })`. Returns what it is given. */
export function defineConfig(config: GatewayConfig): GatewayConfig {
  return config;
}
