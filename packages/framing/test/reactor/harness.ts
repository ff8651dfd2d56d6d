import {
  dialectByName,
  type Limits,
  Link,
  Peer,
  type PeerEvent,
  Responder,
  type WiremuxError,
} from '../../src/index.js';
import { type MemoryTransport, memoryTransportPair, VirtualClock } from '../../src/testing/index.js';
import { TokenRefresh } from '../../src/tokens.js';

/** What happened at one end, with the events of each request told apart. */
export class End {
  readonly peer: Peer;
  readonly transport: MemoryTransport;
  readonly link: Link;
  readonly events: PeerEvent[] = [];
  closed: { code: number; reason: string } | undefined;
  /** The codes of transports that its session has outlived. */
  readonly detached: number[] = [];
  /** Takes values and data as they come; false leaves them untaken. */
  taking = true;

  constructor(
    clock: VirtualClock,
    peer: Peer,
    transport: MemoryTransport,
    onEvent: (event: PeerEvent, peer: Peer) => void,
  ) {
    this.peer = peer;
    this.transport = transport;
    this.link = new Link({
      peer,
      transport,
      clock,
      onEvent: (event) => {
        this.events.push(event);
        if (this.taking && event.kind === 'values')
          peer.taken(
            event.id,
            event.sizes.reduce((a, b) => a + b, 0),
          );
        if (this.taking && event.kind === 'bytes') peer.taken(event.id, event.size);
        if (this.taking && event.kind === 'data') peer.dataTaken(event.id, event.bytes.length);
        onEvent(event, peer);
      },
      onDetached: (code) => this.detached.push(code),
      onClosed: (code, reason) => {
        this.closed = { code, reason };
      },
    });
  }

  of<Kind extends PeerEvent['kind']>(kind: Kind, id?: number): Extract<PeerEvent, { kind: Kind }>[] {
    return this.events.filter(
      (event): event is Extract<PeerEvent, { kind: Kind }> =>
        event.kind === kind && (id === undefined || ('id' in event && event.id === id)),
    );
  }

  values(id: number): unknown[] {
    return this.of('values', id).flatMap(({ values }) => values);
  }

  data(id: number): Uint8Array {
    return new Uint8Array(this.of('data', id).flatMap(({ bytes }) => [...bytes]));
  }

  error(id: number): WiremuxError | undefined {
    return this.of('failed', id)[0]?.error;
  }
}

export interface PairOptions {
  readonly dialect?: string;
  readonly limits?: Partial<Limits>;
  readonly clientLimits?: Partial<Limits>;
  readonly authenticate?: boolean;
  /** One exchange: nothing goes to the server before the client's `flush`. */
  readonly halfDuplex?: boolean;
  /** What the server does with each event. */
  readonly onServer?: (event: PeerEvent, peer: Peer) => void;
  readonly onClient?: (event: PeerEvent, peer: Peer) => void;
}

/** A client and a server peer, connected in memory, in virtual time. */
export function pair(options: PairOptions = {}): { clock: VirtualClock; client: End; server: End } {
  const clock = new VirtualClock();
  const dialect = dialectByName(options.dialect ?? 'wiremux.1');
  if (dialect === undefined) throw new Error(`no dialect ${options.dialect}`);
  const [near, far] = memoryTransportPair(clock);
  const server = new Peer({
    role: 'server',
    responder: Responder,
    tokens: TokenRefresh,
    dialect,
    now: clock.now(),
    halfDuplex: options.halfDuplex === true,
    ...(options.limits ? { limits: options.limits } : {}),
    ...(options.authenticate ? { authenticate: true } : {}),
  });
  const client = new Peer({
    role: 'client',
    responder: Responder,
    dialect,
    now: clock.now(),
    halfDuplex: options.halfDuplex === true,
    ...(options.clientLimits ? { limits: options.clientLimits } : {}),
  });
  return {
    clock,
    server: new End(clock, server, far, options.onServer ?? (() => undefined)),
    client: new End(clock, client, near, options.onClient ?? (() => undefined)),
  };
}
