import {
  DIALECTS,
  type DialectName,
  type Limits,
  Link,
  Peer,
  type PeerEvent,
  type PeerSettings,
  Responder,
  selectDialect,
} from '@wiremux/framing';
import { type MemoryTransport, memoryTransportPair, VirtualClock } from '@wiremux/framing/testing';
import { TokenRefresh } from '@wiremux/framing/tokens';
import type { Mux } from '../../src/client.js';
import { connect } from '../../src/connect.js';
import type { Commands } from '../../src/contract.js';
import type { ConnectOptions } from '../../src/options.js';
import { BYTE_PIECES, MOVING, REDIRECTS, TOKENS, UPLOADS } from '../../src/parts.js';
import type { Dial } from '../../src/transport/dial.js';

// Virtual time does not wait for files.
await Promise.all([UPLOADS, REDIRECTS, BYTE_PIECES, TOKENS, MOVING].map((part) => part.load()));

type EventOf<Kind extends PeerEvent['kind']> = Extract<PeerEvent, { readonly kind: Kind }>;

/** The gateway's end of one connection, driven by the test. */
export class GatewayEnd {
  readonly peer: Peer;
  readonly link: Link;
  readonly transport: MemoryTransport;
  readonly events: PeerEvent[] = [];
  /** How its transport was lost last that its session outlived. */
  detached: { readonly code: number; readonly reason: string } | undefined;
  /** How the connection ended, once it has. */
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(
    transport: MemoryTransport,
    dialect: DialectName,
    clock: VirtualClock,
    limits: Partial<Limits>,
    authenticate: boolean,
    sessions: Map<string, GatewayEnd> | undefined,
  ) {
    const chosen = DIALECTS.find(({ name }) => name === dialect)!;
    this.transport = transport;
    this.peer = new Peer({
      role: 'server',
      tokens: TokenRefresh,
      responder: Responder,
      dialect: chosen,
      now: clock.now(),
      limits,
      authenticate: authenticate || sessions !== undefined,
      agent: 'gateway/1',
    });
    this.link = new Link({
      peer: this.peer,
      transport,
      clock,
      onEvent: (event) => {
        this.events.push(event);
        if (event.kind === 'authenticate' && sessions !== undefined) {
          this.#admit(event.settings, sessions, clock.now());
        }
      },
      onDetached: (code, reason) => {
        this.detached = { code, reason };
      },
      onClosed: (code, reason) => {
        this.closed = { code, reason };
      },
    });
  }

  #admit({ session }: PeerSettings, sessions: Map<string, GatewayEnd>, now: number): void {
    if (session === undefined || session.kind === 'reply') {
      this.peer.accept(now);
      return;
    }
    if (session.kind === 'resume') {
      if (sessions.get(String(session.id))?.link.takeOver(this.link) === true) return;
    }
    const id = new Uint8Array(16).fill(sessions.size + 1);
    sessions.set(String(id), this);
    this.peer.accept(now, { session: { id, secret: new Uint8Array(32), ttl: SESSION_TTL, node: 'n1' } });
  }

  /** All events of one kind so far. */
  all<Kind extends PeerEvent['kind']>(kind: Kind): EventOf<Kind>[] {
    return this.events.filter((event): event is EventOf<Kind> => event.kind === kind);
  }

  /** The id of the newest request. */
  get newest(): number {
    return this.all('request').at(-1)!.id;
  }

  /** The data that came for a request, joined. */
  data(id: number): Uint8Array {
    const pieces = this.all('data').filter((event) => event.id === id);
    return new Uint8Array(Buffer.concat(pieces.map(({ bytes }) => bytes)));
  }
}

/** How long sessions are kept, s. */
export const SESSION_TTL = 60;

/** A gateway in memory and virtual time, scripted by its test. */
export class TestGateway {
  readonly clock: VirtualClock = new VirtualClock();
  readonly ends: GatewayEnd[] = [];
  readonly dials: { readonly url: string; readonly protocols: readonly string[]; readonly at: number }[] = [];
  /** Bounds of the gateway's peers to come. */
  limits: Partial<Limits> = {};
  /** Its peers to come let nobody in by themselves. */
  authenticates = false;
  /** Those it keeps, by their ids, while it gives any. */
  sessions: Map<string, GatewayEnd> | undefined;
  /** Makes dials fail while it is set. */
  down: Error | undefined;
  /** Makes dials wait while it is set. */
  hangs = false;
  /** Chosen in place of the newest dialect offered. */
  chooses: string | undefined;
  readonly #waiting: (() => void)[] = [];

  readonly dial: Dial = async (url, protocols) => {
    this.dials.push({ url, protocols, at: this.clock.now() });
    if (this.hangs) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.down !== undefined) throw this.down;
    const [client, server] = memoryTransportPair(this.clock);
    const dialect = selectDialect(protocols, DIALECTS)!.name;
    this.ends.push(new GatewayEnd(server, dialect, this.clock, this.limits, this.authenticates, this.sessions));
    return Object.assign(client, { protocol: this.chooses ?? dialect });
  };

  /** Lets dials that hang go on. */
  answerDials(): void {
    this.hangs = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** A client of it; the jitter draws always the same number. */
  connect<C extends Commands = Commands>(options: ConnectOptions = {}): Mux<C> {
    return connect<C>('ws://gateway.test/mux', {
      transport: this.dial,
      clock: this.clock,
      random: () => 0.5,
      ...options,
    });
  }

  /** A client of it, once requests flow. */
  async open<C extends Commands = Commands>(options: ConnectOptions = {}): Promise<Mux<C>> {
    const mux = this.connect<C>(options);
    await this.settle();
    return mux;
  }

  /** The newest connection's end. */
  get end(): GatewayEnd {
    return this.ends.at(-1)!;
  }

  settle(): Promise<void> {
    return this.clock.settle();
  }
}
