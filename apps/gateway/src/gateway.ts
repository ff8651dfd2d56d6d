import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import {
  type ContentCodec,
  ContextBudget,
  DEFAULT_LIMITS,
  type Dialect,
  type DialectName,
  KeptBudget,
  type Limits,
  type Transport,
} from '@wiremux/framing';
import {
  type Authenticate,
  type ClientCaller,
  type CommandSet,
  IdempotencyStore,
  type Logger,
  redirectTargets,
  type ServerConnection,
  type ServiceOptions,
  SessionStore,
} from '@wiremux/server';
import { nodeClock } from './clock.js';
import { allCommands } from './commands/all.js';
import { framesCommands } from './commands/frames.js';
import { provableDialects, resolveAuthenticate } from './config/authenticate.js';
import { resolveSettings } from './config/resolve.js';
import type { GatewayOptions, GatewaySettings } from './config/settings.js';
import { FailedConnects } from './connections/failed-connects.js';
import { GatewayConnection, type Watchers } from './connections/gateway-connection.js';
import { ConnectionRegistry, type TransportKind } from './connections/registry.js';
import { type DrainPlan, drain, drainPlan } from './drain.js';
import { codecsOf } from './encodings.js';
import { type AcceptedExchange, createExchanger } from './http/exchange.js';
import { listen } from './http/listen.js';
import { dashboardRoot, Page } from './http/page.js';
import { createRouter } from './http/router.js';
import { enabledDialects } from './http/subprotocol.js';
import { refuseUnreadable } from './http/unreadable.js';
import { type AcceptedSocket, createUpgrader } from './http/upgrade.js';
import { createLogger } from './log/logger.js';
import { LoopDelay } from './loop-delay.js';
import { Metrics } from './metrics.js';
import { mayTap } from './tap/policy.js';
import { TapPoints } from './tap/tap-points.js';
import { TappedTransport } from './tap/tapped-transport.js';
import { WsTransport } from './transport/ws-transport.js';
import { RoutedCommands, upstreamCommands } from './upstream/commands.js';
import { UpstreamListing } from './upstream/listing.js';
import { VERSION } from './version.js';

/** Addresses whose failed attempts to connect are remembered. */
const MOST_ADDRESSES = 10_000;

/** Sockets open at once beside those of connections: the page, probes and refusals need some even when all is full. */
const SPARE_SOCKETS = 1_000;

/**
 * Bounds on what one HTTP request may cost: bytes, and ms. A body may take as long as it likes while it moves, for which
 * exchanges have bounds of their own; no other request's body is read.
 */
const HTTP_BOUNDS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 0,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
};

/** Where a gateway listens. */
export interface GatewayAddress {
  /** Of the page: `http://127.0.0.1:8080/`. */
  readonly url: string;
  readonly port: number;
}

/** An HTTP and WebSocket server that runs commands. */
export interface Gateway {
  readonly settings: GatewaySettings;
  /** Everything served: the built-in commands and the operator's. */
  readonly commands: CommandSet;
  /** Where it logs. */
  readonly log: Logger;
  /**
   * Begins to serve; to be called once.
   * @throws {WiremuxError} `port-taken` or `listen-failed`
   */
  listen(): Promise<GatewayAddress>;
  /** The client of that open connection, as `context.connection` names it, for calls that belong to no request. */
  client(connection: string): ClientCaller | undefined;
  /** The clients that can be called now, by the names of their connections: those over a WebSocket in `wiremux.1`. */
  clients(): ReadonlyMap<string, ClientCaller>;
  /**
   * Leaves: nobody is let in but who comes back to a session, clients are told to move (SPEC 8.10), and requests run on for
   * most of the `grace`; connections left then get 1012, their sessions end, and their handlers get the rest of it to stop.
   * What is left at its end is dropped.
   * Does not throw; called again, it waits for the same end.
   */
  close(): Promise<void>;
}

/**
 * Makes a gateway, which does nothing until `listen()`.
 * @throws {WiremuxError} `bad-option`, or `bad-commands` where two sets have a command of the same name
 */
export function createGateway(options: GatewayOptions = {}): Gateway {
  const { commands = [], logger, ...given } = options;
  const sources = { flags: {}, env: {}, object: { ...given }, objectName: 'createGateway()' };
  const settings = resolveSettings(sources);
  const authenticate = resolveAuthenticate(sources);
  const sets = Array.isArray(commands) ? (commands as readonly CommandSet[]) : [commands as CommandSet];
  return new GatewayServer(settings, sets, logger ?? createLogger(settings.logLevel), authenticate);
}

class GatewayServer implements Gateway {
  readonly settings: GatewaySettings;
  readonly commands: RoutedCommands;
  readonly log: Logger;
  readonly #limits: Limits;
  readonly #dialects: readonly DialectName[];
  readonly #connections = new ConnectionRegistry();
  readonly #failedConnects: FailedConnects;
  readonly #codecs: readonly ContentCodec[];
  readonly #sessions: SessionStore<ServerConnection> | undefined;
  readonly #kept: KeptBudget;
  readonly #taps: TapPoints;
  readonly #watchers: Watchers;
  /** What all connections have in common. */
  readonly #service: ServiceOptions;
  readonly #metrics = new Metrics(this.#connections);
  readonly #loopDelay = new LoopDelay();
  readonly #drainPlan: DrainPlan;
  readonly #server: Server;
  #page: Page | undefined;
  #connectionsSoFar = 0;
  #closing: Promise<void> | undefined;

  constructor(
    settings: GatewaySettings,
    sets: readonly CommandSet[],
    log: Logger,
    authenticate: Authenticate | undefined,
  ) {
    this.settings = settings;
    this.log = log;
    this.#limits = limitsOf(settings);
    this.#drainPlan = drainPlan(settings);
    const { upstreams } = settings;
    this.#dialects = authenticate === undefined ? settings.dialects : provableDialects(settings.dialects);
    this.#failedConnects = new FailedConnects(nodeClock, {
      most: settings.failedConnects,
      perSecond: settings.failedConnectsRefill,
      addresses: MOST_ADDRESSES,
    });
    this.#codecs = codecsOf(settings.encodings);
    this.#sessions = sessionsOf(settings);
    this.#kept = new KeptBudget(settings.maxKeptBytes, () => nodeClock.defer(() => this.#relieve()));
    const redirects = redirectTargets(settings.redirects);
    this.#taps = new TapPoints((id) => this.#connections.get(id), nodeClock, settings.encodings, log);
    const encodings = [...this.#codecs.map(({ name }) => name), 'identity'];
    const listing = new UpstreamListing(upstreams, this.#limits);
    const own = allCommands(
      [...sets, ...upstreamCommands(upstreams, this.#limits)],
      { connections: this.#connections, loopDelay: () => this.#loopDelay.read(nodeClock.now()) },
      {
        dialects: this.#dialects,
        encodings,
        limits: this.#limits,
        redirects,
        upstream: () => listing.list(own),
      },
      framesCommands(this.#taps, (principal) => mayTap(settings, principal)),
    );
    this.commands = new RoutedCommands(own, upstreams, this.#limits);
    this.#watchers = {
      connections: this.#connections,
      failedConnects: this.#failedConnects,
      requests: this.#metrics.requests,
      labelOf: (command) => this.commands.labelOf(command),
    };
    this.#service = {
      clock: nodeClock,
      commands: this.commands,
      limits: this.#limits,
      channels: settings.channels,
      codecs: this.#codecs,
      contexts: new ContextBudget(settings.maxContexts),
      idempotency: new IdempotencyStore(nodeClock, {
        keys: settings.maxIdempotencyKeys,
        bytes: settings.maxIdempotencyBytes,
      }),
      redirects,
      ...(this.#sessions === undefined ? {} : { sessions: this.#sessions }),
      ...(settings.node === undefined ? {} : { node: settings.node }),
      kept: this.#kept,
      ...(authenticate === undefined ? {} : { authenticate }),
      log,
      agent: `wiremux/${VERSION}`,
    };
    this.#server = this.#createServer();
  }

  async listen(): Promise<GatewayAddress> {
    const { host, port: asked, page } = this.settings;
    if (page) this.#page = await Page.load(dashboardRoot());
    const port = await listen(this.#server, host, asked);
    this.#loopDelay.start();
    const url = `http://${isIPv6(host) ? `[${host}]` : host}:${port}/`;
    this.log.debug({ url }, 'The gateway is listening.');
    return { url, port };
  }

  client(connection: string): ClientCaller | undefined {
    return this.#connections.client(connection);
  }

  clients(): ReadonlyMap<string, ClientCaller> {
    return this.#connections.clients();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.log.info({ connections: this.#connections.size }, 'The gateway is closing.');
    await drain(this.#connections, this.#drainPlan, nodeClock, this.log);
    this.#loopDelay.stop();
    await this.#taps.close();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  #createServer(): Server {
    const { settings } = this;
    const isClosing = () => this.#closing !== undefined;
    const isFull = () => this.#connections.size - (this.#sessions?.detached ?? 0) >= settings.maxConnections;
    const wait = (address: string) => this.#failedConnects.wait(address);
    const pageOf = () => this.#page;
    const route = createRouter({
      origins: settings,
      get page() {
        return pageOf();
      },
      noPage: settings.page
        ? 'The page has not been built: run `npm run build`, then start the gateway again.\n'
        : 'The page is turned off (--no-page).\n',
      isClosing,
      exchange: createExchanger({
        dialects: enabledDialects(this.#dialects),
        uploadIdle: settings.uploadIdle,
        answerIdle: settings.answerIdle,
        isClosing,
        isFull,
        wait,
        refused: (reason) => this.#metrics.refused(reason),
        accepted: (accepted) => this.#acceptExchange(accepted),
      }),
      metrics: () => this.#metrics.exposition(),
    });
    const upgrade = createUpgrader({
      origins: settings,
      dialects: enabledDialects(this.#dialects),
      // Clients may come back to their sessions until the end: which of them want to is known after the handshake.
      isClosing: (dialect) => isClosing() && (dialect?.duplex !== true || (this.#sessions?.size ?? 0) === 0),
      isFull,
      wait,
      refused: (reason) => this.#metrics.refused(reason),
      accepted: (accepted) => this.#accept(accepted),
    });
    const server = createServer(HTTP_BOUNDS);
    server.maxConnections = settings.maxConnections + SPARE_SOCKETS;
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      route(request, response).catch((err: unknown) => {
        this.log.error({ err, path: request.url }, 'An HTTP request failed.');
        response.destroy();
      });
    };
    server.on('request', answer);
    // Whoever asks before sending a body is told so by the endpoint that wants it, or gets a refusal instead.
    server.on('checkContinue', answer);
    server.on('upgrade', upgrade);
    server.on('clientError', refuseUnreadable);
    return server;
  }

  #accept({ socket, stream, dialect, request }: AcceptedSocket): void {
    this.#serve('websocket', new WsTransport(socket, stream), dialect, request);
  }

  #acceptExchange({ transport, dialect, request }: AcceptedExchange): void {
    this.#serve('http', transport, dialect, request);
  }

  /** Sessions keep too much together: those that wait for their clients make room. */
  #relieve(): void {
    while (this.#kept.full && this.#sessions?.relieve() === true);
  }

  #serve(kind: TransportKind, medium: Transport, dialect: Dialect, request: IncomingMessage): void {
    this.#connectionsSoFar += 1;
    const { remoteAddress = '', remotePort = 0 } = request.socket;
    const origin = {
      id: `c${this.#connectionsSoFar}`,
      kind,
      transport: new TappedTransport(medium),
      dialect,
      remoteAddress,
      remotePort,
      epoch: Date.now() - nodeClock.now(),
      resumesOnly: this.#closing !== undefined,
    };
    const registered = new GatewayConnection(origin, this.#service, this.#watchers);
    this.#connections.add(registered);
    if (this.#closing !== undefined) registered.connection.drain(this.#drainPlan.notice);
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function sessionsOf(settings: GatewaySettings): SessionStore<ServerConnection> | undefined {
  const { sessionTtl: ttl, maxSessions: detached, maxSessionsPerPrincipal: ofOwner } = settings;
  return ttl === 0 ? undefined : new SessionStore({ clock: nodeClock, sha256, limits: { ttl, detached, ofOwner } });
}

function limitsOf(settings: GatewaySettings): Limits {
  const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as unknown as Limits;
}
